import { build } from "esbuild"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import manifest from "../packages/core/package.json" with { type: "json" }

// Node opens and compiles each file by itself: from two hundred and fifty the core takes three times as long as from a few.
// Bundlers get the single files, of which they leave out what nobody uses.

const root = fileURLToPath(new URL("../packages/core", import.meta.url))
const outdir = join(root, "dist/node")

await rm(outdir, { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: Object.values(manifest.exports).filter((path) => path.endsWith(".ts")),
  outdir,
  outbase: "src",
  bundle: true,
  // what two entries have in common is there once
  splitting: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node22.19",
  sourcemap: true,
  sourcesContent: false,
  chunkNames: "chunk-[hash]",
})
