import { describe, expect, it } from "vitest"
import { audience, issuer, makeSigner, mint, nowSeconds } from "../../core/test/verify/mint.ts"
import { prove, sha256, thumbprint } from "../../core/test/verify/prove.ts"
import { type BearerAuthOptions, dpop, freshLoginRequired, verifiedTokenCache } from "../src/index.ts"
import { bearer, doorFor, url } from "./door.ts"

const signer = makeSigner("HS256")
const holder = makeSigner("ES256", "holder")

/** A door that remembers tokens, and a token for it. */
const cachingDoor = (more: Partial<BearerAuthOptions> = {}, claims: Readonly<Record<string, unknown>> = {}) => {
  const token = mint(signer, { claims })
  const door = doorFor({
    issuer,
    audience,
    keys: signer.keys,
    cache: verifiedTokenCache(),
    ...more,
  } as BearerAuthOptions)
  return { ...door, token }
}

describe("a token that is remembered", () => {
  it("is the same principal, which no request can change for another", async () => {
    const { app, token } = cachingDoor()
    const bodies = [1, 2].map(async () => (await app.request(url, bearer(token))).json())
    const [first, second] = await Promise.all(bodies)
    expect(second).toEqual(first)
  })

  it("is asked for revocation each time", async () => {
    let revoked = false
    const { knock, token } = cachingDoor({ isRevoked: () => revoked })
    expect(await knock(token)).toBe("200")
    revoked = true
    expect(await knock(token)).toBe("401 token_inactive")
  })

  it("ends when it ends, to the second", async () => {
    let now = Date.now()
    const end = nowSeconds() + 30
    const { knock, token } = cachingDoor({ now: () => now, clockTolerance: 0 }, { exp: end })
    expect(await knock(token)).toBe("200")
    now = end * 1000 - 1
    expect(await knock(token)).toBe("200")
    now = end * 1000
    expect(await knock(token)).toBe("401 token_expired")
  })

  it("must have a fresh login each time", async () => {
    let now = Date.now()
    const { knock, token } = cachingDoor(
      { now: () => now, freshLogin: freshLoginRequired({ maxAge: "40 seconds" }) },
      { auth_time: nowSeconds() },
    )
    expect(await knock(token)).toBe("200")
    now += 42_000
    expect(await knock(token)).toBe("401 login_not_fresh")
  })

  it("must come with a new proof each time, where it is bound to a key", async () => {
    const { app, token } = cachingDoor(
      { dpop: dpop({ publicUrl: "https://api.example" }) },
      { cnf: { jkt: thumbprint(holder) } },
    )
    const proof = () =>
      prove(holder, {
        claims: { htu: "https://api.example/orders/mine", iat: nowSeconds(), ath: sha256(token) },
      })
    const send = async (authorization: string, dpop: string) =>
      (await app.request(url, { headers: { authorization, dpop } })).status
    const once = proof()
    expect(await send(`DPoP ${token}`, once)).toBe(200)
    expect(await send(`DPoP ${token}`, once)).toBe(401)
    expect(await send(`Bearer ${token}`, proof())).toBe(401)
    expect(await send(`DPoP ${token}`, proof())).toBe(200)
  })

  it("lets no other spelling of itself in, nor itself at another API", async () => {
    const { knock, token } = cachingDoor()
    expect(await knock(token)).toBe("200")
    const [header, payload, signature = ""] = token.split(".")
    for (const other of [`${signature}=`, `${signature.slice(0, -1)}${signature.endsWith("A") ? "B" : "A"}`])
      expect(await knock(`${header}.${payload}.${other}`)).not.toBe("200")
    const elsewhere = cachingDoor({ audience: "https://other.example" })
    expect(await elsewhere.knock(token)).toBe("401 claim_mismatch")
  })
})
