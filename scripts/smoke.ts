import { execFile } from "node:child_process"
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { firstScreens } from "./readme/programs.ts"
import { programs } from "./smoke/programs.ts"

// In the workspace `exports` point at sources, so only packed packages show what a user gets.

const run = promisify(execFile)
const root = fileURLToPath(new URL("..", import.meta.url))
const packages = ["core", "node", "browser", "vue", "hono", "redis", "cloudflare", "cli", "issuer"]

const sh = async (command: string, args: ReadonlyArray<string>, cwd: string): Promise<string> => {
  try {
    const { stdout } = await run(command, args, { cwd, maxBuffer: 64 * 1024 * 1024, timeout: 300_000 })
    return stdout
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string }
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout ?? ""}\n${stderr ?? ""}`, { cause: error })
  }
}

const check = (held: boolean, otherwise: string): void => {
  if (!held) throw new Error(otherwise)
}

const pack = async (folder: string): Promise<ReadonlyArray<string>> => {
  for (const name of packages) {
    await sh("pnpm", ["pack", "--pack-destination", folder], join(root, "packages", name))
  }
  return (await readdir(folder)).filter((file) => file.endsWith(".tgz")).map((file) => join(folder, file))
}

const lintPacked = async (tarballs: ReadonlyArray<string>): Promise<void> => {
  for (const tarball of tarballs) {
    await sh("publint", ["--strict", tarball], root)
    if (!tarball.includes("bearerkit-cli")) await sh("attw", ["--profile", "esm-only", tarball], root)
  }
}

const tsconfig = {
  compilerOptions: {
    module: "NodeNext",
    target: "ES2023",
    lib: ["ES2023", "ESNext.Disposable", "DOM"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    types: ["node"],
  },
}

const useAsStranger = async (folder: string, tarballs: ReadonlyArray<string>): Promise<void> => {
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }))
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(tsconfig))
  for (const { file, text } of programs) await writeFile(join(folder, file), text)
  await sh("npm", ["install", "--no-audit", "--no-fund", "--silent", ...tarballs, "@types/node@24"], folder)

  const bin = (name: string): string => join(folder, "node_modules", ".bin", name)
  const { version } = JSON.parse(await readFile(join(root, "packages/cli/package.json"), "utf8")) as { version: string }
  check(
    (await sh(bin("bearerkit"), ["--version"], folder)).includes(version),
    "bearerkit --version does not say the version",
  )
  check(
    (await sh(bin("bearerkit"), ["token", "--help"], folder)).includes("--audience"),
    "bearerkit token --help is empty",
  )
  const notices = await readFile(join(folder, "node_modules/@bearerkit/cli/dist/THIRD-PARTY-LICENSES"), "utf8")
  check(/^effect 4\./m.test(notices), "the licences of the bundled packages are missing")
  check(
    (await sh(bin("bearerkit"), ["issuer"], folder)).includes("--config"),
    "bearerkit issuer does not find the package @bearerkit/issuer",
  )
  check(
    (await sh(bin("bearerkit-issuer"), ["--help"], folder)).includes("--config"),
    "bearerkit-issuer --help is empty",
  )
  const print = "console.log(import.meta.resolve('@bearerkit/core'))"
  check(
    (await sh("node", ["--input-type=module", "--eval", print], folder)).includes("/dist/node/index.js"),
    "Node does not get the core in a few files",
  )
  const screens = await firstScreens()
  for (const [index, { program }] of screens.entries()) await writeFile(join(folder, `first-${index}.ts`), program)
  for (const [runtime = "", ...args] of await installRuntimes(folder)) {
    for (const { file, prints } of programs) {
      const printed = (await sh(runtime, [...args, file], folder)).trim()
      check(printed === prints, `${runtime}: ${file} prints ${printed}`)
    }
    for (const [index, { page, prints }] of screens.entries()) {
      const printed = await sh(runtime, [...args, `first-${index}.ts`], folder)
      check(prints.test(printed), `${runtime}: what ${page} shows first does not run`)
    }
  }
  await sh(join(root, "node_modules/.bin/tsc"), ["-p", "."], folder)
  const effects = await sh("npm", ["ls", "effect", "--all", "--parseable"], folder)
  check(new Set(effects.trim().split("\n")).size === 1, `more than one copy of effect is installed:\n${effects}`)
}

/** Commands that run a program with Node, Bun and Deno; the last two in a folder of their own, so that nothing finds them. */
const installRuntimes = async (folder: string): Promise<ReadonlyArray<ReadonlyArray<string>>> => {
  const beside = join(folder, "runtimes")
  await mkdir(beside)
  await writeFile(join(beside, "package.json"), JSON.stringify({ private: true }))
  await sh("npm", ["install", "--no-audit", "--no-fund", "--silent", "bun@1.4.5", "deno@2.9.6"], beside)
  const bin = (name: string): string => join(beside, "node_modules", ".bin", name)
  return [["node"], [bin("bun"), "run"], [bin("deno"), "run", "--allow-all"]]
}

const folder = await mkdtemp(join(tmpdir(), "bearerkit-smoke-"))
try {
  const tarballs = await pack(folder)
  await lintPacked(tarballs)
  await useAsStranger(folder, tarballs)
  console.log(
    `smoke: ${packages.length} packed packages install, compile and run in an empty project, on Node, Bun and Deno`,
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}
