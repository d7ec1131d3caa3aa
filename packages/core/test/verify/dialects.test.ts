import { expect, test } from "vitest"
import type { Principal } from "../../src/model/principal.ts"
import { audience, issuer, makeSigner, mint, type Minting, nowSeconds, verdict, verifierFor } from "./mint.ts"

// Access tokens as the documentation of each issuer shows them, reduced to what is read.
const signer = makeSigner("RS256")
const times = { iat: nowSeconds(), exp: nowSeconds() + 300 }
const plain = { iss: issuer, aud: audience, sub: "00u1", ...times }
const bare = { client_id: undefined, scope: undefined, jti: undefined }
const jwt = { typ: "JWT" }

const read = { clientId: "shop", scopes: ["orders:read", "orders:write"] }

test.each<[string, Minting, Partial<Principal>]>([
  [
    "Auth0, of its own profile",
    {
      header: jwt,
      claims: { ...bare, aud: [audience, `${issuer}/userinfo`], azp: "shop", scope: "orders:read orders:write" },
    },
    read,
  ],
  [
    "Entra ID, version 2",
    { header: jwt, claims: { ...bare, azp: "shop", scp: "orders:read orders:write", ver: "2.0" } },
    read,
  ],
  [
    "Entra ID, version 1",
    { header: jwt, claims: { ...bare, appid: "shop", scp: "orders:read orders:write", ver: "1.0" } },
    read,
  ],
  [
    "Entra ID, for an application by itself",
    { header: jwt, claims: { ...bare, azp: "shop", roles: ["orders"] } },
    { clientId: "shop", scopes: [] },
  ],
  [
    "Okta",
    { header: { typ: undefined }, claims: { ...bare, cid: "shop", scp: ["orders:read", "orders:write"] } },
    read,
  ],
  [
    "Keycloak",
    { header: jwt, claims: { ...bare, azp: "shop", typ: "Bearer", scope: "orders:read orders:write" } },
    read,
  ],
  ["Duende IdentityServer", { claims: { scope: ["orders:read", "orders:write"], client_id: "shop" } }, read],
])("tokens of %s are read", async (_, { header, claims }, expected) => {
  const verifier = await verifierFor(signer, { profile: "compatible" })
  const verified = await verifier.verify(mint(signer, { header: header ?? {}, claims: { ...plain, ...claims } }))
  expect(verified).toMatchObject({ _tag: "Success", success: { subject: "00u1", ...expected } })
})

test("scope goes before scp, and neither says more than is there", async () => {
  const verifier = await verifierFor(signer)
  const scopes = async (claims: object) => {
    const verified = await verifier.verify(mint(signer, { claims: { ...claims } }))
    return verified._tag === "Success" ? verified.success.scopes : verified.failure.reason
  }
  expect(await scopes({ scope: "a  b ", scp: "admin" })).toEqual(["a", "b"])
  expect(await scopes({ scope: "", scp: "admin" })).toEqual([])
  expect(await scopes({ scope: [], scp: ["admin"] })).toEqual([])
  expect(await scopes({ scope: undefined, scp: " a " })).toEqual(["a"])
  expect(await scopes({ scope: ["a b"] })).toEqual(["a b"])
})

test("the client is client_id, else azp, else cid, else appid, where these are texts", async () => {
  const verifier = await verifierFor(signer, { profile: "compatible" })
  const verify = (claims: object) => verifier.verify(mint(signer, { claims: { ...claims } }))
  const said = { client_id: "one", azp: "two", cid: "three", appid: "four" }
  for (const [claim, clientId] of Object.entries(said)) {
    expect(await verify(said)).toMatchObject({ _tag: "Success", success: { clientId } })
    Object.assign(said, { [claim]: undefined })
  }
  expect(await verify(said)).toMatchObject({ _tag: "Success", success: { clientId: undefined } })
})

test.each([
  ["client_id", { failure: { reason: { _tag: "ClaimMismatch", claim: "client_id", expected: "a string" } } }],
  ["azp", { failure: { reason: { _tag: "ClaimMismatch", claim: "azp", expected: "a string" } } }],
  ["cid", { success: { clientId: "other" } }],
  ["appid", { success: { clientId: undefined } }],
])("a number as %s: refused where it is registered, else not the client", async (claim, answer) => {
  const verifier = await verifierFor(signer, { profile: "compatible" })
  const claims = { client_id: undefined, [claim]: 5, ...(claim === "cid" && { appid: "other" }) }
  expect(await verifier.verify(mint(signer, { claims }))).toMatchObject(answer)
})

test("tokens of type JWT are those of the compatible profile alone", async () => {
  const verifier = await verifierFor(signer)
  expect(await verdict(verifier, mint(signer, { header: jwt }))).toEqual({ _tag: "TypeNotAllowed", type: "jwt" })
})
