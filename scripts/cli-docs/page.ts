import { execFile } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { startIssuer } from "../../packages/issuer/src/index.ts"
import { Person } from "../../packages/services/src/index.ts"
import { main, onTerminal } from "./terminal.ts"

export const cliPagePath = fileURLToPath(new URL("../../docs/cli.md", import.meta.url))

/** docs/cli.md: what the real command shows on a terminal, with what changes each time put in its place. */
export const cliPage = async (): Promise<string> => {
  const state = await mkdtemp(join(tmpdir(), "bearerkit-cli-docs-"))
  const issuer = await startIssuer({ config })
  const env = {
    BEARERKIT_ISSUER: issuer.url,
    XDG_STATE_HOME: state,
    XDG_CACHE_HOME: join(tmpdir(), "bearerkit-compile-cache"),
  }
  const service = { ...env, BEARERKIT_CLIENT_ID: "reports", BEARERKIT_CLIENT_SECRET: secret }
  const show = async (line: string, more: Readonly<Record<string, string>>, onOutput?: (screen: string) => void) =>
    `\`\`\`console\n$ ${line}\n${settled(await onTerminal(line, { env: more, ...(onOutput && { onOutput }) })).trimEnd()}\n\`\`\``
  try {
    return (
      [
        "# The command",
        "Made by `node scripts/cli-docs.ts` from the real command and a local issuer; a test compares. The issuer and the client stand in `BEARERKIT_ISSUER`, `BEARERKIT_CLIENT_ID` and, for a service account, `BEARERKIT_CLIENT_SECRET`.",
        "## Sign in",
        await show(`bearerkit login --no-browser ${target}`, { ...env, BEARERKIT_CLIENT_ID: "desktop" }, signIn()),
        "Without `--no-browser` the system's browser opens. `bearerkit whoami` says the same again, `bearerkit logout` ends it.",
        "## Get a token",
        await show(`bearerkit token ${target}`, service),
        await show(`bearerkit token ${target} --json`, service),
        "## Look into a token",
        await show(`bearerkit token ${target} | bearerkit inspect --audience https://billing.example`, service),
        "## Find out what is wrong",
        await show("bearerkit doctor --origin https://app.example", {
          ...service,
          BEARERKIT_CLIENT_SECRET: "mistyped",
        }),
        "## Reference",
        "What `--help` says of each command, without `--help`, `--version` and `--completions`, which all of them have. The names in brackets are variables that say the same. [Exit codes](../packages/cli/README.md#exit-codes)",
        ...(await Promise.all(commands.map(referenceOf))),
      ]
        .join("\n\n")
        .trimEnd() + "\n"
    )
  } finally {
    await issuer.close()
    await rm(state, { recursive: true })
  }
}

const commands = ["login", "token", "call", "delegate", "inspect", "whoami", "logout", "doctor", "issuer"]

const referenceOf = async (command: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [main, command, "--help"])
  const help = stdout.replace(/^GLOBAL FLAGS\n(?:  .*\n)+\n?/m, "").trim()
  return `### bearerkit ${command}\n\n\`\`\`text\n${help}\n\`\`\``
}

const secret = "the secret of the reports, which is long"
const target = "--audience https://api.example --scope read"
const alice = { username: "alice", password: "correct horse" }

const config = {
  clients: [
    { id: "reports", secret, grants: ["client_credentials"] },
    { id: "desktop", grants: ["authorization_code", "refresh_token"], redirectUris: ["http://127.0.0.1/callback"] },
  ],
  apis: [{ audience: "https://api.example", scopes: ["read", "write"] }],
  connections: [{ name: "users", strategy: "database" as const, users: [alice] }],
}

/** Goes to the address on the terminal once, as a person would. */
const signIn = (): ((screen: string) => void) => {
  let gone = false
  return (screen) => {
    const [, url] = /sign in:\s+(\S+)\s/.exec(screen) ?? []
    if (url === undefined || gone) return
    gone = true
    void new Person(alice).visit(url).then((arrival) => fetch(String(arrival)))
  }
}

/** The same each time: what has a length keeps it, so that the columns still stand. */
const settled = (screen: string): string =>
  screen
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "http://127.0.0.1:39999")
    .replaceAll(/(authorize\?)\S+/g, "$1client_id=desktop&…")
    .replaceAll(/ey[\w-]{20,}\.[\w-]+\.[\w-]+/g, "eyJhbGciOiJSUzI1NiIs…")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "2026-11-30T12:00:00Z")
    .replaceAll(/"expires_at":\d+/g, '"expires_at":1796040000')
    .replaceAll(/rs256-[\da-f-]{36}/g, `rs256-${"…".padEnd(36)}`)
    .replaceAll(/(jti +)[\w-]{43}/g, `$1${"…".padEnd(43)}`)
    .replaceAll(/database\|\S+/g, "database|alice")
    .replaceAll(/\d+ s ago/g, "1 s ago")
    .replaceAll(/in (?:59|60) min/g, "in 59 min")
    .replaceAll(/ +$/gm, "")
