import { build, type Metafile, type Plugin } from "esbuild"
import { readdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

// Started from a hundred files the command takes four times as long as from a few.

const root = fileURLToPath(new URL("../packages/cli", import.meta.url))
const outdir = join(root, "dist")

const bundle = async (): Promise<Metafile> => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: "src/main.ts" },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22.19",
    minify: true,
    legalComments: "none",
    metafile: true,
    chunkNames: "chunk-[hash]",
    plugins: [lateSegmenter],
  })
  return metafile
}

/** Effect makes it when it is loaded, a tenth of the start, though nothing but the help measures words. */
const lateSegmenter: Plugin = {
  name: "late segmenter",
  setup: ({ onLoad }) =>
    onLoad({ filter: /effect\/dist\/cli\/CliOutput\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8")
      const late = text
        .replace(
          /const graphemeSegmenter = [^;]*new ([^;]*);/,
          "let made; const graphemeSegmenter = () => (made ??= new $1);",
        )
        .replace("graphemeSegmenter.segment(", "graphemeSegmenter().segment(")
      if (late.split("graphemeSegmenter()").length !== 2) throw new Error(`${path} makes its segmenter in another way`)
      return { contents: late }
    }),
}

/** The folders of the packages whose code is in the bundle, without our own. */
const packagesIn = ({ outputs }: Metafile): ReadonlyArray<string> => {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs))
  const folders = inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [])
  return [...new Set(folders)].sort()
}

const noticeOf = async (folder: string): Promise<string> => {
  const path = join(root, folder)
  const manifest = JSON.parse(await readFile(join(path, "package.json"), "utf8")) as Record<string, string>
  const { name = "", version = "", license = "" } = manifest
  const file = (await readdir(path)).find((each) => /^licen[cs]e/i.test(each))
  if (file === undefined) throw new Error(`${name} has no licence file, so its code may not be in the bundle`)
  return `${name} ${version} (${license})\n\n${(await readFile(join(path, file), "utf8")).trim()}\n`
}

const removeChunks = async (): Promise<void> => {
  const files = await readdir(outdir).catch(() => [])
  for (const file of files.filter((each) => each.endsWith(".js"))) await rm(join(outdir, file))
}

await removeChunks()
const notices = await Promise.all(packagesIn(await bundle()).map(noticeOf))
const title = "The command contains code of these packages.\n"
await writeFile(join(outdir, "THIRD-PARTY-LICENSES"), [title, ...notices].join(`\n${"-".repeat(80)}\n\n`))
