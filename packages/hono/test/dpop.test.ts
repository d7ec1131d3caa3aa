import { memoryLockLayer, memoryStoreLayer, TokenStore } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect, it } from "vitest"
import { audience, issuer, makeSigner, mint } from "../../core/test/verify/mint.ts"
import { prove, sha256, thumbprint } from "../../core/test/verify/prove.ts"
import { type BearerAuthOptions, dpop, dpopNonces, type DpopOptions } from "../src/index.ts"
import { doorFor, explained } from "./door.ts"

const signer = makeSigner("HS256")
const holder = makeSigner("ES256", "holder")
const thief = makeSigner("ES256", "thief")
const bound = mint(signer, { claims: { cnf: { jkt: thumbprint(holder) } } })
const unbound = mint(signer)
const publicUrl = "https://api.example"

const door = (policy: Partial<DpopOptions> = {}, more: Partial<BearerAuthOptions> = {}) =>
  doorFor({ issuer, audience, keys: signer.keys, dpop: dpop({ publicUrl, ...policy }), ...more } as BearerAuthOptions)

const proofFor = (token: string, claims: Readonly<Record<string, unknown>> = {}, by = holder): string =>
  prove(by, { claims: { htu: `${publicUrl}/orders/mine`, iat: Date.now() / 1000, ath: sha256(token), ...claims } })

/** Behind a proxy: the URL is not the one that the client called. */
const send = async ({ app, refusals }: ReturnType<typeof door>, headers: Readonly<Record<string, string>>) => {
  const response = await app.request("http://10.0.0.7:8080/orders/mine?page=2", { headers })
  const code = explained(refusals)?.code
  return { verdict: response.status === 200 ? "200" : `${response.status} ${code}`, response }
}
const verdictOf = async (at: ReturnType<typeof door>, headers: Readonly<Record<string, string>>) =>
  (await send(at, headers)).verdict

describe("a token that is bound to a key", () => {
  it("is taken with a proof, whatever the case of the scheme and the host of the request", async () => {
    for (const scheme of ["DPoP", "dpop"])
      expect(await verdictOf(door(), { authorization: `${scheme} ${bound}`, dpop: proofFor(bound) })).toBe("200")
  })

  it("is refused as a bearer token, with and without a proof; the answer says how else", async () => {
    const at = door({}, { realm: "orders", scopes: ["read:orders"] })
    for (const headers of [{}, { dpop: proofFor(bound) }]) {
      const { verdict, response } = await send(at, { authorization: `Bearer ${bound}`, ...headers })
      expect(verdict).toBe("401 sender_mismatch")
      expect(response.headers.get("www-authenticate")).toBe(
        'Bearer realm="orders", error="invalid_token", error_description="The access token is not valid here.", DPoP realm="orders", scope="read:orders", algs="ES256 EdDSA"',
      )
    }
  })

  it("is refused with a proof that is missing, stolen, old, for another request or token, or there twice", async () => {
    const headers = (dpop: string) => ({ authorization: `DPoP ${bound}`, dpop })
    expect(await verdictOf(door(), { authorization: `DPoP ${bound}` })).toBe("401 invalid_dpop_proof")
    expect(await verdictOf(door(), headers(proofFor(bound, {}, thief)))).toBe("401 claim_mismatch")
    for (const claims of [
      { htm: "POST" },
      { htu: `${publicUrl}/orders/yours` },
      { htu: "http://10.0.0.7:8080/orders/mine" },
      { ath: sha256(unbound) },
      { iat: Date.now() / 1000 - 100 },
      { iat: Date.now() / 1000 + 100 },
      { jti: undefined },
    ])
      expect(await verdictOf(door(), headers(proofFor(bound, claims)))).toBe("401 invalid_dpop_proof")
    expect(await verdictOf(door(), headers(`${proofFor(bound)}, ${proofFor(bound)}`))).toBe("401 invalid_dpop_proof")
    const { response } = await send(door(), headers("x"))
    expect(response.headers.get("www-authenticate")).toContain('DPoP error="invalid_dpop_proof"')
  })

  it("needs a new proof for each request, also at the other instances of the API", async () => {
    const shared = await Effect.runPromise(Effect.provide(TokenStore, memoryStoreLayer()))
    const store = { services: Layer.build(Layer.merge(Layer.succeed(TokenStore, shared), memoryLockLayer)) }
    const [one, other] = [door({ storage: store }), door({ storage: store })]
    const headers = { authorization: `DPoP ${bound}`, dpop: proofFor(bound) }
    expect(await verdictOf(one, headers)).toBe("200")
    expect(await verdictOf(one, headers)).toBe("401 invalid_dpop_proof")
    expect(await verdictOf(other, headers)).toBe("401 invalid_dpop_proof")
    expect(await verdictOf(other, { ...headers, dpop: proofFor(bound) })).toBe("200")
  })
})

describe("a nonce of the API", () => {
  const nonces = dpopNonces({ secret: "a secret that all instances of the API have" })

  it("is demanded with a challenge that brings it, and accepted then", async () => {
    const at = door({ nonces })
    const { verdict, response } = await send(at, { authorization: `DPoP ${bound}`, dpop: proofFor(bound) })
    expect(verdict).toBe("401 use_dpop_nonce")
    expect(response.headers.get("www-authenticate")).toContain('DPoP error="use_dpop_nonce"')
    expect(response.headers.get("cache-control")).toBe("no-store")
    const nonce = response.headers.get("dpop-nonce")
    expect(nonce).toMatch(/^[\w-]{43}$/)
    expect(await verdictOf(at, { authorization: `DPoP ${bound}`, dpop: proofFor(bound, { nonce }) })).toBe("200")
    const other = { authorization: `DPoP ${bound}`, dpop: proofFor(bound, { nonce: "made-up" }) }
    expect(await verdictOf(at, other)).toBe("401 use_dpop_nonce")
  })

  it("is not given to those whose proof is wrong in itself", async () => {
    const { verdict, response } = await send(door({ nonces }), { authorization: `DPoP ${bound}`, dpop: "x" })
    expect(verdict).toBe("401 invalid_dpop_proof")
    expect(response.headers.get("dpop-nonce")).toBeNull()
  })
})

describe("a token that is bound to no key", () => {
  it("is taken as a bearer token and not with DPoP", async () => {
    expect(await verdictOf(door(), { authorization: `Bearer ${unbound}` })).toBe("200")
    expect(await verdictOf(door(), { authorization: `DPoP ${unbound}`, dpop: proofFor(unbound) })).toBe(
      "401 claim_mismatch",
    )
  })

  it("is refused where every token must be bound, and the answer names that way alone", async () => {
    const { verdict, response } = await send(door({ required: true }), { authorization: `Bearer ${unbound}` })
    expect(verdict).toBe("401 sender_mismatch")
    expect(response.headers.get("www-authenticate")).toBe(
      'DPoP error="invalid_token", error_description="The access token is not valid here.", algs="ES256 EdDSA"',
    )
    const nobody = await send(door({ required: true }), {})
    expect(nobody.response.headers.get("www-authenticate")).toBe('DPoP algs="ES256 EdDSA"')
  })
})

it("options of DPoP that are wrong are told at once", () => {
  expect(() => door({ publicUrl: "/orders" })).toThrow("publicUrl")
  expect(() => door({ algorithms: ["HS256"] })).toThrow("algorithms")
  expect(() => door({ nonces: dpopNonces({ secret: "short" }) })).toThrow("nonces.secret")
})
