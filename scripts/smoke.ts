import { execFile } from "node:child_process"
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { firstScreens } from "./readme/programs.ts"

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

const program = `
import { startIssuer } from "@bearerkit/issuer"
import { clientCredentials, clientSecretBasic, createClient, type Client } from "@bearerkit/node"
import { discoveryLayer, httpLayer, issuerKeys, makeVerifier, sharedFlightsLayer } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const secret: string = "a secret of at least thirty-two bytes"
const audience = "https://api.example"
await using issuer = await startIssuer({
  config: { clients: [{ id: "svc", secret, grants: ["client_credentials"] }], apis: [{ audience }] },
})
const client: Client = createClient({
  issuer: issuer.url,
  clientId: "svc",
  clientAuth: clientSecretBasic(secret),
  flow: clientCredentials(),
})
const token = await client.token({ audience })
await client.close()
const layer = discoveryLayer.pipe(Layer.provideMerge(Layer.mergeAll(httpLayer(), sharedFlightsLayer)))
const principal = await Effect.runPromise(
  Effect.gen(function* () {
    const verifier = yield* makeVerifier({ issuer: issuer.url, audience, keys: issuerKeys() })
    return yield* verifier.check(token)
  }).pipe(Effect.provide(layer)),
)
console.log(principal.subject)
`

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
  await writeFile(join(folder, "program.ts"), program)
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
  check((await sh("node", ["program.ts"], folder)).trim() === "svc", "the program did not get and check a token")
  for (const [index, { page, program, prints }] of (await firstScreens()).entries()) {
    await writeFile(join(folder, `first-${index}.ts`), program)
    check(prints.test(await sh("node", [`first-${index}.ts`], folder)), `what ${page} shows first does not run`)
  }
  await sh(join(root, "node_modules/.bin/tsc"), ["-p", "."], folder)
  const effects = await sh("npm", ["ls", "effect", "--all", "--parseable"], folder)
  check(new Set(effects.trim().split("\n")).size === 1, `more than one copy of effect is installed:\n${effects}`)
}

const folder = await mkdtemp(join(tmpdir(), "bearerkit-smoke-"))
try {
  const tarballs = await pack(folder)
  await lintPacked(tarballs)
  await useAsStranger(folder, tarballs)
  console.log(`smoke: ${packages.length} packed packages install, compile and run in an empty project`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
