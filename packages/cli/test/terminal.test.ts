import type { ServerResponse } from "node:http"
import { describe, expect, test } from "vitest"
import { runCommand } from "./support/command.ts"
import { startServer, type TestServer } from "./support/server.ts"
import { hasTerminal, runOnTerminal } from "./support/terminal.ts"

const answer = JSON.stringify({ access_token: "a-token", token_type: "Bearer", expires_in: 600 })
const token = ["token", "--audience", "reports"]

interface SlowIssuer extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>
  /** Answers who waits for a token now. */
  readonly answer: () => void
}

/** An issuer whose token endpoint answers when it is told to, or after a time in milliseconds. */
const startSlowIssuer = async (after?: number): Promise<SlowIssuer> => {
  const waiting: Array<ServerResponse> = []
  const release = (): void => {
    for (const response of waiting.splice(0)) response.end(answer)
  }
  const server: TestServer = await startServer((request, response) => {
    const url = `http://${request.headers.host}`
    const metadata = { issuer: url, token_endpoint: `${url}/token` }
    if (request.method === "GET") return void response.end(JSON.stringify(metadata))
    waiting.push(response)
    if (after !== undefined) setTimeout(release, after)
  })
  return {
    env: { BEARERKIT_ISSUER: server.url, BEARERKIT_CLIENT_ID: "service", BEARERKIT_CLIENT_SECRET: "secret-of-service" },
    answer: release,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const progress = "Waiting for the issuer"

describe("what is waited for", () => {
  test.runIf(hasTerminal)("is said on a terminal, and gone when it is there", async () => {
    await using issuer = await startSlowIssuer()
    const onScreen = (screen: string): undefined => {
      if (screen.includes(progress)) issuer.answer()
    }
    const { screen, code } = await runOnTerminal(token, { env: issuer.env, onScreen })
    expect(screen).toContain(`\r\u{1b}[K${progress} … `)
    expect(screen.endsWith("\r\u{1b}[Ka-token\r\n")).toBe(true)
    expect(code).toBe(0)
  })

  test.runIf(hasTerminal)("is not said with --quiet", async () => {
    await using issuer = await startSlowIssuer(800)
    const { screen, code } = await runOnTerminal([...token, "--quiet"], { env: issuer.env })
    expect({ screen, code }).toEqual({ screen: "a-token\r\n", code: 0 })
  })

  test("is not said where nobody looks", async () => {
    await using issuer = await startSlowIssuer(800)
    expect(await runCommand(token, { env: issuer.env })).toMatchObject({ code: 0, stdout: "a-token\n", stderr: "" })
  })
})

describe.runIf(hasTerminal)("colour", () => {
  test("is on a terminal", async () => {
    const { screen, code } = await runOnTerminal(["token"], { env: {} })
    expect(screen).toContain("\u{1b}[31merror:\u{1b}[39m")
    expect(code).toBe(7)
  })

  test("is nowhere with NO_COLOR", async () => {
    const { screen, code } = await runOnTerminal(["token"], { env: { NO_COLOR: "1" } })
    expect(screen).toContain("error: ")
    expect(screen).not.toContain("\u{1b}")
    expect(code).toBe(7)
  })
})

test("there is no colour where nobody looks", async () => {
  const { stderr } = await runCommand(["token"])
  expect(stderr).toContain("error: ")
  expect(stderr).not.toContain("\u{1b}")
})
