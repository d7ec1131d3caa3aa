import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { claimsOf, password, startTestIssuer, type TestIssuer } from "./support/issuer.ts"
import { hangUp, hasTerminal, runLineOnTerminal, runOnTerminal, type Session } from "./support/terminal.ts"

let fixture: TestIssuer
beforeAll(async () => {
  fixture = await startTestIssuer()
})
afterAll(() => fixture[Symbol.asyncDispose]())

const atQuestion = (keys: string, more: ReadonlyArray<string> = []): Promise<Session> => {
  const args = ["token", "--flow", "oauth-ro", "--username", "alice", "--connection", "users", ...more]
  let asked = false
  return runOnTerminal(args, {
    env: { BEARERKIT_ISSUER: fixture.issuer.url, BEARERKIT_CLIENT_ID: "service" },
    onScreen: (screen) => {
      if (asked || !screen.includes("Password for")) return undefined
      asked = true
      return keys
    },
  })
}

test.runIf(hasTerminal)("a missing password is asked for and not shown", async () => {
  const { screen, code } = await atQuestion(`${password}x\u{7f}\r`)
  expect(screen).toContain(`Password for "alice": \r\n`)
  expect(screen).not.toContain(password)
  expect(claimsOf(screen.trim().split("\n").at(-1) ?? "")).toMatchObject({ aud: "service" })
  expect(code).toBe(0)
})

test.runIf(hasTerminal)("Ctrl-C at the question ends with 130", async () => {
  expect(await atQuestion("half\u{3}")).toMatchObject({ code: 130 })
})

test.runIf(hasTerminal)("--no-input never asks", async () => {
  const { screen, code } = await atQuestion("", ["--no-input"])
  expect(screen).not.toContain("Password for")
  expect(screen).toContain("[interaction_required]")
  expect(code).toBe(3)
})

describe.runIf(hasTerminal)("a terminal that goes away without a signal ends the question with 3", () => {
  const env = { BEARERKIT_ISSUER: "https://issuer.example", BEARERKIT_CLIENT_ID: "service" }
  const command = `"$NODE" "$MAIN" token --flow password --username alice`

  test("when it is closed, for who has a session of their own", async () => {
    const { aside } = await runLineOnTerminal(`setsid sh -c '${command} >&3; echo "code $?" >&3'`, {
      env,
      onScreen: (screen) => (screen.includes("Password for") ? hangUp : undefined),
    })
    expect(aside).toBe("code 3\n")
  })

  test("when reading from it is an error, for who was left behind in the background", async () => {
    const abandoned = "while kill -0 $$ 2>&-; do sleep 0.02; done"
    const line = `bash -c 'set -m; (${abandoned}; ${command}; echo "code $?") &' | cat`
    const { screen } = await runLineOnTerminal(line, { env })
    expect(screen).toContain(`There is no password for "alice", and nobody can be asked. [interaction_required]`)
    expect(screen).toContain("code 3\r\n")
  })
})
