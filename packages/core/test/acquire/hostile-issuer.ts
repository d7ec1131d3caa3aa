import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { beginAuthorization, completeAuthorization } from "../../src/acquire/authorization-code.ts"
import type { AuthorizationTransaction } from "../../src/acquire/authorization-transaction.ts"
import { beginImplicit, completeImplicit } from "../../src/acquire/implicit.ts"
import { signedIdTokens } from "../../src/acquire/signed-id-tokens.ts"
import type { AuthorizationOptions } from "../../src/protocol/authorization-params.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { json, startServer } from "../support/server.ts"
import { makeSigner, mint, type Minting, type Signer } from "../verify/mint.ts"

export const clientId = "shop"
export const signer = makeSigner("RS256")
const redirectUri = "https://app.example/callback"
const accessToken = "an-access-token"

/** How the answer departs from the right one. */
export interface Tampering extends Minting {
  readonly signer?: Signer
  /** Instead of a token that was minted. */
  readonly idToken?: string | undefined
  /** Members of the answer of the token endpoint, or parameters of the hash. */
  readonly answer?: Readonly<Record<string, string | undefined>>
  readonly metadata?: Readonly<Record<string, unknown>>
  /** What the client asks for. */
  readonly asked?: AuthorizationOptions
  /** Whether the client checks the signature of an ID token that came straight from the issuer. */
  readonly signed?: boolean
}

/** An issuer that answers whatever it is told to. */
export const hostileIssuer = Effect.fnUntraced(function* () {
  let answer: Readonly<Record<string, unknown>> = {}
  let extra: Readonly<Record<string, unknown>> = {}
  const server = yield* Effect.acquireRelease(
    Effect.promise(() =>
      startServer((request, response) => {
        if (request.url === "/token") return json(response, 200, answer)
        if (request.url === "/jwks") return json(response, 200, { keys: signer.published })
        return json(response, 200, { ...metadataOf(server.url), ...extra })
      }),
    ),
    (server) => Effect.promise(() => server[Symbol.asyncDispose]()),
  )
  const issuer = server.url
  const client = { issuer, clientId, clientAuth: none() }
  const stateOf = ({ state }: AuthorizationTransaction) => Redacted.value(state)
  return {
    issuer,
    requests: (path: string) => server.requests.filter(({ url }) => url === path).length,
    /** A whole login with a code; the claims are checked, and the signature where `signed` says so. */
    code: Effect.fnUntraced(function* (tampering: Tampering = {}) {
      extra = tampering.metadata ?? {}
      const { transaction } = yield* beginAuthorization(
        client,
        { scope: "openid" },
        { redirectUri, ...tampering.asked },
      )
      answer = {
        access_token: accessToken,
        token_type: "Bearer",
        ...idTokenFor(transaction, tampering),
        ...tampering.answer,
      }
      const callback = `${redirectUri}?code=c&state=${stateOf(transaction)}`
      const idTokens = tampering.signed === true ? yield* signedIdTokens(client) : undefined
      return yield* completeAuthorization(client, { transaction, callback, idTokens })
    }),
    /** A whole login with `id_token token` in the hash. */
    hash: Effect.fnUntraced(function* (tampering: Tampering = {}) {
      extra = tampering.metadata ?? {}
      const options = { ...tampering.asked, redirectUri, responseType: "id_token token" } as const
      const { transaction } = yield* beginImplicit(client, { scope: "openid" }, options)
      const params = { access_token: accessToken, token_type: "Bearer", state: stateOf(transaction) }
      const sent = { ...params, ...idTokenFor(transaction, tampering), ...tampering.answer }
      const given = Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined)
      return yield* completeImplicit(client, { transaction, callback: `#${new URLSearchParams(given)}` })
    }),
  }
})

const metadataOf = (url: string) => ({
  issuer: url,
  authorization_endpoint: `${url}/authorize`,
  token_endpoint: `${url}/token`,
  jwks_uri: `${url}/jwks`,
  id_token_signing_alg_values_supported: ["RS256"],
})

const idTokenFor = (transaction: AuthorizationTransaction, tampering: Tampering) => {
  if ("idToken" in tampering) return { id_token: tampering.idToken }
  const { header, claims } = tampering
  const good = {
    iss: transaction.issuer,
    aud: clientId,
    nonce: Redacted.value(transaction.nonce),
    at_hash: createHash("sha256").update(accessToken).digest().subarray(0, 16).toString("base64url"),
    client_id: undefined,
    scope: undefined,
  }
  const token = mint(tampering.signer ?? signer, {
    header: { typ: undefined, ...header },
    claims: { ...good, ...claims },
  })
  return { id_token: token }
}
