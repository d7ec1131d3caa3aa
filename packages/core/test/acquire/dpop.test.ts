import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { deviceCode } from "../../src/acquire/device-code.ts"
import { refreshToken } from "../../src/acquire/refresh-token.ts"
import { securityToken } from "../../src/acquire/security-token.ts"
import { parseTarget } from "../../src/model/target.ts"
import { clientSecretBasic, none } from "../../src/protocol/client-auth.ts"
import type { Client } from "../../src/protocol/client.ts"
import { type FlowCase, flowLaws } from "../laws/flow.ts"
import { deviceFlow } from "../support/device.ts"
import { knowing, makeKeys } from "../support/dpop.ts"
import { codeFlow, withOther } from "../support/login.ts"
import { startPlainProvider } from "../support/plain-provider.ts"
import { orders, secretOf, startTestIssuer } from "../support/world.ts"

const [dpop, otherKey] = await makeKeys()

const registered = (clientId: string, secret?: string) => {
  const clientAuth = secret === undefined ? none() : clientSecretBasic(secretOf(secret))
  return (issuer: string): Client => ({ issuer, clientId, clientAuth, dpop })
}
const withKey = (client: (issuer: string) => Client, key = otherKey) => {
  return (issuer: string): Client => ({ ...client(issuer), dpop: key })
}

const basic = registered("basic", "basic")
const page = registered("spa")
const server = registered("web", "web")
const pushing = registered("pushing", "web")
const tv = registered("tv")

const target = { resource: orders, scope: "openid read" }
const login = { resource: orders, scope: "openid offline_access read write" }
const wrongVerifier = withOther({ verifier: Redacted.make("another-verifier".repeat(3)) })

type Case = Omit<FlowCase, "endpoint" | "expected">

const refreshing: Case = {
  client: tv,
  target: { resource: orders, scope: "read" },
  flow: Effect.fnUntraced(function* (issuer) {
    const made = deviceFlow({ client: tv, target: login })
    const flow = typeof made === "function" ? yield* made(issuer) : made
    const { refreshToken: token = "" } = yield* flow.acquire(tv(issuer), Result.getOrThrow(parseTarget(login)))
    return refreshToken(yield* securityToken(token))
  }),
  // a public client's refresh token is bound to its key (RFC 9449 §5)
  wrong: { client: withKey(tv), code: "invalid_grant" },
}

const code = (client: (issuer: string) => Client, options: Parameters<typeof codeFlow>[1] = {}): Case => ({
  client,
  target,
  flow: codeFlow({ client, target }, options),
  wrong: { flow: codeFlow({ client, target, spoil: wrongVerifier }, options), code: "invalid_grant" },
})

const cases: ReadonlyArray<readonly [name: string, its: Case]> = [
  [
    "client credentials",
    {
      client: basic,
      target: { resource: orders, scope: "read" },
      flow: clientCredentials(),
      wrong: { client: (issuer) => ({ ...basic(issuer), clientAuth: clientSecretBasic("x") }), code: "invalid_client" },
    },
  ],
  ["the code flow of a page", code(page)],
  ["the code flow of a page that pushes", code(page, { pushed: "always" })],
  ["the code flow of a server, pushed", code(server)],
  ["the code flow of a client that must push", code(pushing)],
  [
    "the code flow of whom somebody has taken the code from, with a key of their own",
    {
      ...code(page),
      wrong: {
        // as if nothing here had looked at the key
        flow: codeFlow({ client: page, target, spoil: withoutKey }),
        client: withKey(page),
        code: "invalid_grant",
      },
    },
  ],
  ["refresh token of a public client", refreshing],
  [
    "device code",
    {
      client: tv,
      target,
      flow: deviceFlow({ client: tv, target }),
      stopped: "DeviceCodeExpired",
      wrong: { flow: () => Effect.map(Clock.currentTimeMillis, neverIssued), code: "invalid_grant" },
    },
  ],
]

function neverIssued(now: number) {
  return deviceCode({
    userCode: "WDJB-MJHT",
    verificationUri: "https://example.com/device",
    expiresAt: now + 2000,
    interval: 0.01,
    deviceCode: Redacted.make("never-issued-by-them"),
    digest: "d".repeat(64),
  })
}

for (const [name, its] of cases) {
  const endpoint = "/token"
  const expected = { audience: orders, scope: "read", lifetime: 600, jkt: dpop.thumbprint }
  const person = name === "client credentials" ? /^basic$/ : undefined
  flowLaws(
    `${name}, bound to a key`,
    () => ({ ...its, endpoint, expected: { ...expected, subject: person ?? /^database\|/ } }),
    knowing([dpop, otherKey], startTestIssuer),
  )
  flowLaws(
    `${name}, bound to a key, over a plain provider`,
    () => ({ ...its, endpoint, expected: { ...expected, subject: person ?? /^alice$/ } }),
    knowing([dpop, otherKey], startPlainProvider),
  )
}

function withoutKey(options: Parameters<typeof wrongVerifier>[0]): Parameters<typeof wrongVerifier>[0] {
  const { jkt: _jkt, ...transaction } = options.transaction
  return { ...options, transaction }
}
