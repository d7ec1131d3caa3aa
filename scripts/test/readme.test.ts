import { execFile } from "node:child_process"
import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const folder = `${root}/examples/readme-programs`

const tsconfig = {
  extends: "../tsconfig.json",
  compilerOptions: { noUnusedLocals: false },
  include: ["."],
  references: ["core", "node", "browser", "hono", "redis", "cloudflare"].map((name) => ({
    path: `../../packages/${name}`,
  })),
}

const pages = [
  "README.md",
  "packages/core/README.md",
  "packages/node/README.md",
  "packages/browser/README.md",
  "packages/hono/README.md",
  "packages/redis/README.md",
  "packages/cloudflare/README.md",
  "docs/protect-an-api.md",
]

it("the programs of every README and page compile", async () => {
  const readmes = await Promise.all(pages.map((path) => readFile(`${root}/${path}`, "utf8")))
  const programs = readmes.flatMap((text) =>
    [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, program = ""]) => program),
  )
  expect(programs.length).toBeGreaterThan(4)
  await mkdir(folder, { recursive: true })
  try {
    for (const [index, program] of programs.entries()) await writeFile(`${folder}/${index}.ts`, program)
    await writeFile(`${folder}/tsconfig.json`, JSON.stringify(tsconfig))
    await promisify(execFile)(`${root}/node_modules/.bin/tsc`, ["-p", folder]).catch((error: { stdout?: string }) => {
      throw new Error(error.stdout)
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})
