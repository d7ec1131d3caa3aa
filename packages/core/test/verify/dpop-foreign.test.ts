import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as oauth from "oauth4webapi"
import { dpopKey } from "../../src/protocol/dpop-key.ts"
import { audience, issuer, makeSigner, mint } from "./mint.ts"
import { boundTo, publicUrl, verdict, verifying } from "./prove.ts"

const url = `${publicUrl}/orders?page=2`
const signer = makeSigner("RS256")

/** What their client sends, where the API answers so. */
const theirRequests = async (keys: CryptoKeyPair, answers: ReadonlyArray<Response>) => {
  const handle = oauth.DPoP({}, keys)
  const sent: Array<Headers> = []
  const fetch = async (_: string, init: { readonly headers: HeadersInit }) => {
    sent.push(new Headers(init.headers))
    return answers[sent.length - 1] ?? new Response()
  }
  for (const _ of answers) {
    await oauth
      .protectedResourceRequest("their-token", "GET", new URL(url), undefined, null, {
        DPoP: handle,
        [oauth.customFetch]: fetch,
      })
      .catch((error: unknown) => assert.isTrue(oauth.isDPoPNonceError(error), String(error)))
  }
  return { sent, thumbprint: await handle.calculateThumbprint() }
}

describe("oauth4webapi", () => {
  for (const algorithm of ["ES256", "Ed25519", "PS256"] as const) {
    it.live(`makes proofs with ${algorithm} that are accepted here, once`, () =>
      Effect.gen(function* () {
        const keys = yield* Effect.promise(() => oauth.generateKeyPair(algorithm))
        const { sent, thumbprint } = yield* Effect.promise(() => theirRequests(keys, [new Response()]))
        const verifier = yield* verifying({ algorithms: [algorithm] })
        const request = {
          proof: sent[0]?.get("dpop"),
          method: "GET",
          url,
          accessToken: Redacted.make("their-token"),
          principal: boundTo(undefined, { jkt: thumbprint }),
        }
        assert.strictEqual(yield* verdict(verifier, request), "accepted")
        assert.deepStrictEqual(yield* verdict(verifier, request), { _tag: "ProofRefused", problem: "was used before" })
      }),
    )
  }

  it.live("takes the nonce that is demanded here", () =>
    Effect.gen(function* () {
      const keys = yield* Effect.promise(() => oauth.generateKeyPair("ES256"))
      const headers = { "www-authenticate": 'DPoP error="use_dpop_nonce"', "dpop-nonce": "mine" }
      const answers = [new Response(null, { status: 401, headers }), new Response()]
      const { sent, thumbprint } = yield* Effect.promise(() => theirRequests(keys, answers))
      const verifier = yield* verifying({ acceptsNonce: (nonce) => Effect.succeed(nonce === "mine") })
      const verdicts = yield* Effect.all(
        sent.map((each) =>
          verdict(verifier, {
            proof: each.get("dpop"),
            method: "GET",
            url,
            accessToken: Redacted.make("their-token"),
            principal: boundTo(undefined, { jkt: thumbprint }),
          }),
        ),
      )
      assert.deepStrictEqual(verdicts, [{ _tag: "NonceDemanded" }, "accepted"])
    }),
  )

  it.live("accepts the proofs that are made here, for their request and token only", () =>
    Effect.gen(function* () {
      const key = yield* Effect.promise(() => oauth.generateKeyPair("ES256")).pipe(
        Effect.flatMap((pair) => dpopKey(pair)),
      )
      const token = mint(signer, { claims: { cnf: { jkt: key.thumbprint } } })
      const proof = yield* key.proof({ method: "POST", url, accessToken: Redacted.make(token) })
      const check = (request: Request) => {
        const as = { issuer, jwks_uri: `${issuer}/jwks` }
        const options = {
          requireDPoP: true,
          [oauth.customFetch]: async () => Response.json({ keys: signer.published }),
        }
        return Effect.promise(() =>
          oauth.validateJwtAccessToken(as, request, audience, options).then(
            ({ cnf }) => cnf?.jkt ?? "not bound",
            (error: Error) => error.message,
          ),
        )
      }
      const headers = { authorization: `DPoP ${token}`, dpop: proof }
      assert.strictEqual(yield* check(new Request(url, { method: "POST", headers })), key.thumbprint)
      assert.match(yield* check(new Request(url, { headers })), /htm mismatch/)
      assert.match(yield* check(new Request(`${publicUrl}/other`, { method: "POST", headers })), /htu mismatch/)
    }),
  )
})
