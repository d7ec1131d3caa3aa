import * as Redacted from "effect/Redacted"
import { clientSecretBasic, none } from "../../src/protocol/client-auth.ts"
import type { Client } from "../../src/protocol/client.ts"
import { flowLaws } from "../laws/flow.ts"
import { codeFlow, withOther } from "../support/login.ts"
import { startPlainProvider } from "../support/plain-provider.ts"
import { orders, secretOf } from "../support/world.ts"

const page = (issuer: string): Client => ({ issuer, clientId: "spa", clientAuth: none() })
const server = (issuer: string): Client => ({
  issuer,
  clientId: "web",
  clientAuth: clientSecretBasic(secretOf("web")),
})
const pushing = (issuer: string): Client => ({ ...server(issuer), clientId: "pushing" })

const target = { resource: orders, scope: "openid read" }
const wrongVerifier = withOther({ verifier: Redacted.make("another-verifier".repeat(3)) })
const expected = { audience: orders, scope: "read", lifetime: 600 }

const cases: ReadonlyArray<readonly [string, (issuer: string) => Client, Parameters<typeof codeFlow>[1]]> = [
  ["of a page", page, {}],
  ["of a page, with the answer in the hash", page, { responseMode: "fragment" }],
  ["of a server, pushed", server, {}],
  ["of a client that must push", pushing, {}],
  ["of a server, in the address, with the answer posted", server, { pushed: "demanded", responseMode: "form_post" }],
]

for (const [name, client, options] of cases) {
  const login = { client, target }
  const its = {
    client,
    target,
    flow: codeFlow(login, options),
    endpoint: "/token",
    wrong: { flow: codeFlow({ ...login, spoil: wrongVerifier }, options), code: "invalid_grant" },
  }
  flowLaws(`the code flow ${name}`, () => ({ ...its, expected: { ...expected, subject: /^database\|/ } }))
  flowLaws(
    `the code flow ${name}, over a plain provider`,
    () => ({ ...its, expected: { ...expected, subject: /^alice$/ } }),
    startPlainProvider,
  )
}

for (const [name, client] of [
  ["", page],
  [", pushed", server],
] as const) {
  const login = { client, target: { audience: orders, scope: ["openid", "read"] } }
  flowLaws(`the code flow for an audience${name}`, () => ({
    ...login,
    flow: codeFlow(login),
    expected: { ...expected, subject: /^database\|/ },
    endpoint: "/token",
    wrong: { flow: codeFlow({ ...login, spoil: wrongVerifier }), code: "invalid_grant" },
  }))
}
