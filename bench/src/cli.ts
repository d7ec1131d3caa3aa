import { execFile } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { type Effort, inLongRounds, type Samples } from "./measure.ts"
import { type BenchResult, limit, ours, summarise } from "./result.ts"

/** Starting the bundled command for a token that it has kept; the limit is a Node that does nothing, plus 100 ms. */
export async function* cliSuite(effort: Effort): AsyncGenerator<BenchResult> {
  await run(process.execPath, [join(root, "scripts/bundle-cli.ts")])
  await using issuer = await startIssuer()
  const state = await mkdtemp(join(tmpdir(), "bearerkit-bench-"))
  try {
    const env = { ...process.env, ...settings, BEARERKIT_ISSUER: issuer.url, XDG_STATE_HOME: state }
    const token = () => timed([join(root, "packages/cli/dist/main.js"), "token", "--audience", "bench"], env)
    const nothing = () => timed(["-e", "0"], env)
    await token()
    yield summarise({ suite: "cli", case: "start" }, await rounds(inLongRounds(effort).rounds * 2, { token, nothing }))
  } finally {
    await rm(state, { recursive: true })
  }
}

const run = promisify(execFile)
const root = fileURLToPath(new URL("../..", import.meta.url))

/** Microseconds that a command may take longer than a Node that does nothing. */
const allowance = 100_000

interface Ways {
  readonly token: () => Promise<number>
  readonly nothing: () => Promise<number>
}

/** A process at a time, the two by turns; the limit of a round is its own. */
const rounds = async (count: number, { token, nothing }: Ways): Promise<Samples> => {
  const samples = { token: [] as Array<number>, nothing: [] as Array<number> }
  for (let round = 0; round < count; round++) {
    samples.nothing.push(await nothing())
    samples.token.push(await token())
  }
  const most = samples.nothing.map((each) => each + allowance)
  return new Map([
    [ours, samples.token],
    [limit, most],
  ])
}

const settings = { BEARERKIT_CLIENT_ID: "bench", BEARERKIT_CLIENT_SECRET: "a secret that nobody checks here" }

/** Only the first start asks it. */
const startIssuer = async (): Promise<AsyncDisposable & { readonly url: string }> => {
  const server = createServer((request, response) => {
    const url = `http://${request.headers.host}`
    const metadata = { issuer: url, token_endpoint: `${url}/token` }
    const tokens = { access_token: "token", token_type: "Bearer", expires_in: 3600 }
    request.resume().once("end", () => response.end(JSON.stringify(request.method === "POST" ? tokens : metadata)))
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

const timed = async (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv): Promise<number> => {
  const start = performance.now()
  await run(process.execPath, [...args], { env })
  return (performance.now() - start) * 1000
}
