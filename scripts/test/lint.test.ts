import { execFile } from "node:child_process"
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

// The layers are only as good as the rules that hold them: each rule must refuse what it is there for.

const root = fileURLToPath(new URL("../..", import.meta.url))
let house: string

beforeAll(async () => {
  house = await mkdtemp(join(tmpdir(), "bearerkit-lint-"))
  await cp(join(root, "oxlint.config.ts"), join(house, "oxlint.config.ts"))
  await writeFile(join(house, "package.json"), '{"type":"module"}')
  await symlink(join(root, "node_modules"), join(house, "node_modules"))
})
afterAll(() => rm(house, { recursive: true }))

const lint = async (files: Readonly<Record<string, string>>): Promise<string> => {
  await rm(join(house, "packages"), { recursive: true, force: true })
  for (const [path, source] of Object.entries(files)) {
    await mkdir(dirname(join(house, path)), { recursive: true })
    await writeFile(join(house, path), source)
  }
  const command = join(root, "node_modules/.bin/oxlint")
  return new Promise((resolve) => execFile(command, { cwd: house }, (_, stdout) => resolve(stdout)))
}

const refused: ReadonlyArray<readonly [name: string, files: Readonly<Record<string, string>>, says: RegExp]> = [
  [
    "a stage that imports a later one, if only its types",
    {
      "packages/core/src/jws/a.ts": 'export type { B } from "../acquire/b.ts"\n',
      "packages/core/src/acquire/b.ts": "export type B = 1\n",
    },
    /The stage jws imports only from stages before it/,
  ],
  [
    "a circle of types",
    {
      "packages/core/src/model/a.ts": 'import type { B } from "./b.ts"\nexport type A = B | 1\n',
      "packages/core/src/model/b.ts": 'import type { A } from "./a.ts"\nexport type B = A | 2\n',
    },
    /Dependency cycle detected/,
  ],
  [
    "the barrel of effect",
    { "packages/node/src/a.ts": 'export { Effect } from "effect"\n' },
    /Import effect\/<Module>/,
  ],
  [
    "an unstable module of effect",
    { "packages/node/src/a.ts": 'export { make } from "effect/http/HttpClient"\n' },
    /Unstable in Effect 4\.1/,
  ],
  [
    "Math.random in disguise",
    { "packages/core/src/protocol/a.ts": 'export { next } from "effect/Random"\n' },
    /never for state, nonce or verifier/,
  ],
  [
    "a package that imports one above it",
    { "packages/node/src/a.ts": 'export { x } from "@bearerkit/cli"\n' },
    /packages\/node imports only core of ours/,
  ],
  [
    "a package that imports one beside it",
    { "packages/redis/src/a.ts": 'export { x } from "@bearerkit/node"\n' },
    /packages\/redis imports only core of ours/,
  ],
  [
    "a core that imports another package",
    { "packages/core/src/call/a.ts": 'export { x } from "@bearerkit/node"\n' },
    /packages\/core imports no other package of ours/,
  ],
]

describe("the linter refuses", { timeout: 120_000 }, () => {
  for (const [name, files, says] of refused) {
    it(name, async () => assert.match(await lint(files), says))
  }

  it("nothing that is in order", async () => {
    const files = {
      "packages/core/src/model/a.ts": "export type A = 1\n",
      "packages/core/src/bridge/c.ts": 'export { make } from "effect/http/HttpClient"\n',
      "packages/core/src/jws/b.ts": 'import type { A } from "../model/a.ts"\nexport type B = A | 2\n',
    }
    assert.match(await lint(files), /Found 0 warnings and 0 errors/)
  })
})
