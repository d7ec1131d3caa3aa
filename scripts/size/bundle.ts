import { build } from "esbuild"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

/** A program as a browser or an edge runtime gets it. */
export interface Bundle {
  /** Minified and gzipped. */
  readonly bytes: number
  readonly minifiedBytes: number
  /** What of the minified bytes is whose, from 0 to 1. */
  readonly shares: Readonly<Record<Owner, number>>
  /** Those of which anything is left, the largest first; bytes are minified. */
  readonly modules: ReadonlyArray<{ readonly path: string; readonly bytes: number }>
}

export type Owner = "effect" | "ours" | "jose" | "other"

/** @param conditions of the packages' exports and imports, as the one who bundles sets them */
export const bundle = async (entry: string, conditions: ReadonlyArray<string> = ["browser"]): Promise<Bundle> => {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    absWorkingDir: fileURLToPath(new URL("../..", import.meta.url)),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: [...conditions],
    target: "es2022",
    external: ["cloudflare:workers", "vue", "vue-router"],
    write: false,
    metafile: true,
    logLevel: "error",
  })
  const code = outputFiles[0]?.contents ?? new Uint8Array()
  const modules = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
    .filter(({ bytes }) => bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes)
  const shares = { effect: 0, ours: 0, jose: 0, other: 0 }
  for (const { path, bytes } of modules) shares[ownerOf(path)] += bytes / code.length
  return { bytes: gzipSync(code, { level: 9 }).length, minifiedBytes: code.length, shares, modules }
}

const ownerOf = (path: string): Owner => {
  if (path.startsWith("packages/")) return "ours"
  if (path.includes("/node_modules/effect/")) return "effect"
  return path.includes("/node_modules/jose/") ? "jose" : "other"
}
