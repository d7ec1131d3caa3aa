import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { test } from "vitest"
import {
  type LocationHash,
  type LocationHashOptions,
  readLocationHash,
  verifyLocationHash,
} from "../../src/legacy/location-hash.ts"
import { type IdTokenVerifier, makeIdTokenVerifier } from "../../src/verify/id-token.ts"
import { jwks } from "../../src/verify/jwks.ts"
import { encode, makeSigner, mint, nowSeconds, type Signer } from "../verify/mint.ts"

const issuer = "https://tenant.auth0.example/"
const clientId = "cid"
const hs256 = makeSigner("HS256")
const rs256 = makeSigner("RS256")

const make = (keys: Signer["keys"]) => Effect.runPromise(makeIdTokenVerifier({ issuer, clientId, keys }))
const holder = await make(hs256.keys)
const browser = await make(jwks({ keys: rs256.published }))

const idToken = (claims: object = {}, { signer = hs256, header = {} } = {}): string => {
  const legacy = { iss: issuer, sub: "auth0|1", aud: clientId, iat: nowSeconds(), exp: nowSeconds() + 36_000 }
  return mint(signer, {
    header: { typ: "JWT", kid: signer === hs256 ? undefined : signer.kid, ...header },
    payload: JSON.stringify({ ...legacy, ...claims }),
  })
}
const unsigned = `${encode('{"alg":"none"}')}.${idToken().split(".")[1]}.`

interface Given {
  readonly requested?: LocationHashOptions["requested"]
  readonly state?: string
  readonly nonce?: string
  readonly unsolicited?: boolean
}

const options = (idTokens: IdTokenVerifier, given: Given = {}): LocationHashOptions => ({
  requested: given.requested ?? ["token"],
  pending:
    given.unsolicited === true
      ? undefined
      : { state: given.state ?? "hello", ...(given.nonce !== undefined && { nonce: given.nonce }) },
  idTokens,
})

const inBrowser = (hash: string, given?: Given) => Effect.runPromise(readLocationHash(hash, options(browser, given)))
const bySecret = (hash: string, given?: Given) => Effect.runPromise(verifyLocationHash(hash, options(holder, given)))

/** What it is called: the tag, or why it was refused. */
const verdict = (outcome: LocationHash): string => {
  if (outcome._tag !== "Refused") return outcome._tag
  const { reason } = outcome.error
  return reason._tag === "IdTokenRefused" ? describeRefusal(reason.because) : outcome.error.explanation.code
}
const describeRefusal = (because: object): string => ("claim" in because ? String(because.claim) : "id_token_refused")

const hash = (token: string, rest = "") =>
  `#access_token=opaque16chars&id_token=${token}&token_type=bearer&state=hello${rest}`

interface Row {
  readonly row: number
  readonly name: string
  readonly fragment: () => string
  readonly given?: Given
  /** What the holder of the secret finds; a page finds `Unverified` instead of `SignedIn`. */
  readonly expected: string
}

const rows: ReadonlyArray<Row> = [
  { row: 1, name: "access_token, id_token and state", fragment: () => hash(idToken()), expected: "SignedIn" },
  { row: 2, name: "with #/ before it", fragment: () => hash(idToken()).replace("#", "#/"), expected: "SignedIn" },
  { row: 3, name: "and a refresh token", fragment: () => hash(idToken(), "&refresh_token=r"), expected: "SignedIn" },
  {
    row: 4,
    name: "an id_token alone, asked for",
    fragment: () => `#id_token=${idToken()}&state=hello`,
    given: { requested: ["id_token"] },
    expected: "SignedIn",
  },
  {
    row: 4,
    name: "an id_token alone, not asked for",
    fragment: () => `#id_token=${idToken()}&state=hello`,
    expected: "invalid_callback",
  },
  {
    row: 5,
    name: "an access_token alone, asked for",
    fragment: () => "#access_token=opaque&token_type=Bearer&state=hello",
    expected: "AccessTokenOnly",
  },
  {
    row: 5,
    name: "an access_token alone, not asked for",
    fragment: () => "#access_token=opaque&token_type=Bearer&state=hello",
    given: { requested: ["id_token"] },
    expected: "invalid_callback",
  },
  {
    row: 6,
    name: "an error",
    fragment: () => "#error=unauthorized&error_description=user+is+blocked&state=hello",
    expected: "rejected",
  },
  {
    row: 6,
    name: "an error with another state",
    fragment: () => "#error=unauthorized&error_description=user+is+blocked&state=other",
    expected: "invalid_state",
  },
  {
    row: 7,
    name: "a state with the word error in it",
    fragment: () => hash(idToken()).replace("hello", "an-error-page"),
    given: { state: "an-error-page" },
    expected: "SignedIn",
  },
  { row: 8, name: "another audience", fragment: () => hash(idToken({ aud: "other" })), expected: "aud" },
  {
    row: 9,
    name: "a list with the client in it",
    fragment: () => hash(idToken({ aud: [clientId] })),
    expected: "SignedIn",
  },
  { row: 9, name: "several audiences", fragment: () => hash(idToken({ aud: [clientId, "other"] })), expected: "azp" },
  {
    row: 9,
    name: "several audiences with azp",
    fragment: () => hash(idToken({ aud: [clientId, "other"], azp: clientId })),
    expected: "SignedIn",
  },
  { row: 10, name: "another issuer", fragment: () => hash(idToken({ iss: "https://evil.example/" })), expected: "iss" },
  {
    row: 10,
    name: "no slash at the end",
    fragment: () => hash(idToken({ iss: issuer.slice(0, -1) })),
    expected: "iss",
  },
  { row: 11, name: "no issuer", fragment: () => hash(idToken({ iss: undefined })), expected: "iss" },
  { row: 12, name: "an end in the past", fragment: () => hash(idToken({ exp: nowSeconds() - 61 })), expected: "exp" },
  {
    row: 12,
    name: "an end within the tolerance",
    fragment: () => hash(idToken({ exp: nowSeconds() - 30 })),
    expected: "SignedIn",
  },
  { row: 13, name: "alg none", fragment: () => hash(unsigned), expected: "id_token_refused" },
  {
    row: 13,
    name: "alg none with a signature",
    fragment: () => hash(idToken({}, { header: { alg: "none" } })),
    expected: "id_token_refused",
  },
  { row: 14, name: "a nonce that nobody kept", fragment: () => hash(idToken({ nonce: "n" })), expected: "nonce" },
  {
    row: 14,
    name: "the nonce that was kept",
    fragment: () => hash(idToken({ nonce: "n" })),
    given: { nonce: "n" },
    expected: "SignedIn",
  },
  {
    row: 14,
    name: "no nonce where one was kept",
    fragment: () => hash(idToken()),
    given: { nonce: "n" },
    expected: "nonce",
  },
  { row: 15, name: "an unrelated hash", fragment: () => "#/orders/7?sort=error", expected: "NotOurs" },
  { row: 16, name: "an empty hash", fragment: () => "", expected: "NotOurs" },
  { row: 16, name: "a bare hash", fragment: () => "#", expected: "NotOurs" },
]

describe("a location hash, row by row", () => {
  test.each(rows)("$row: $name is $expected for who holds the secret", async ({ fragment, given, expected }) => {
    assert.strictEqual(verdict(await bySecret(fragment(), given)), expected)
  })

  test.each(rows)("$row: $name, in a browser", async ({ fragment, given, expected }) => {
    const found = await inBrowser(fragment(), given)
    assert.strictEqual(verdict(found), expected === "SignedIn" ? "Unverified" : expected)
  })
})

describe("a location hash", () => {
  test("gives its tokens as secrets, the ID token to be presented until it ends", async () => {
    const outcome = await bySecret(hash(idToken(), "&refresh_token=refresh-1"))
    assert(outcome._tag === "SignedIn")
    const { tokens, claims, state } = outcome
    assert.strictEqual(claims?.sub, "auth0|1")
    assert.strictEqual(state, "hello")
    assert.strictEqual(tokens.presented, "id_token")
    assert.closeTo(tokens.expiresAt, Date.now() + 36_000_000, 2000)
    assert.strictEqual(tokens.refreshToken && Redacted.value(tokens.refreshToken), "refresh-1")
    assert.notMatch(JSON.stringify(outcome), /refresh-1|opaque16chars|eyJ/)
    assert.deepStrictEqual(
      outcome.warnings.map(({ name }) => name),
      [
        "token-in-fragment",
        "id-token-as-bearer",
        "missing-state-or-nonce",
        "refresh-token-in-fragment",
        "long-lived-bearer",
      ],
    )
  })

  test("ends at a time that a store takes, whatever the ID token says", async () => {
    for (const exp of [nowSeconds() + 600.5, 1e306]) {
      const outcome = await bySecret(hash(idToken({ exp })))
      assert(outcome._tag === "SignedIn")
      assert.isTrue(Number.isSafeInteger(outcome.tokens.expiresAt))
    }
  })

  test("with HS256 in a browser is marked and warned of", async () => {
    const outcome = await inBrowser(hash(idToken({ nonce: "n", exp: nowSeconds() + 600 })), { nonce: "n" })
    assert(outcome._tag === "Unverified")
    assert.deepStrictEqual(
      outcome.warnings.map(({ name }) => name),
      ["token-in-fragment", "unverified-hs256", "id-token-as-bearer"],
    )
  })

  test("with a forged HS256 token signs nobody in, in a browser or elsewhere", async () => {
    const forged = idToken({ sub: "auth0|admin" }).replace(/\.[^.]*$/, `.${encode(Buffer.alloc(32))}`)
    assert.strictEqual((await inBrowser(hash(forged)))._tag, "Unverified")
    assert.strictEqual(verdict(await bySecret(hash(forged))), "id_token_refused")
  })

  test("with RS256 is verified in a browser, and so is its forgery", async () => {
    const good = idToken({}, { signer: rs256 })
    assert.strictEqual((await inBrowser(hash(good)))._tag, "SignedIn")
    const forged = idToken({}, { signer: makeSigner("RS256") })
    assert.strictEqual(verdict(await inBrowser(hash(forged))), "id_token_refused")
    assert.strictEqual(verdict(await inBrowser(hash(idToken({}, { signer: makeSigner("HS384") })))), "id_token_refused")
  })

  test("with the at_hash of another access token is refused, unverified or not", async () => {
    const token = idToken({ at_hash: "another" })
    assert.strictEqual(verdict(await inBrowser(hash(token))), "at_hash")
    assert.strictEqual(verdict(await bySecret(hash(token))), "at_hash")
  })

  test("that nobody waits for is refused, unless that is wanted", async () => {
    const unsolicited = { unsolicited: true }
    assert.strictEqual(verdict(await bySecret(hash(idToken()), unsolicited)), "invalid_state")
    const accepting = { ...options(holder, unsolicited), unsafeAcceptUnsolicited: true }
    const outcome = await Effect.runPromise(verifyLocationHash(hash(idToken()), accepting))
    assert(outcome._tag === "SignedIn")
    assert.include(
      outcome.warnings.map(({ name }) => name),
      "missing-state-or-nonce",
    )
  })

  test("with another state, two states or none is refused, and the state is told", async () => {
    const other = await bySecret(hash(idToken()).replace("hello", "other"))
    assert.strictEqual(verdict(other), "invalid_state")
    assert.propertyVal(other, "state", "other")
    assert.strictEqual(verdict(await bySecret(hash(idToken(), "&state=hello"))), "invalid_callback")
    assert.strictEqual(verdict(await bySecret(hash(idToken()).replace("&state=hello", ""))), "invalid_state")
  })

  test("of 100 kB is refused", async () => {
    assert.strictEqual(verdict(await bySecret(hash("a".repeat(100_000)))), "invalid_callback")
  })

  test("with a code is none", async () => {
    assert.strictEqual(verdict(await bySecret("#code=c&state=hello")), "invalid_callback")
  })

  it.effect("has exactly one outcome and no exception, whatever it is", () =>
    Effect.promise(() => {
      const part = fc.constantFrom(
        "id_token",
        "access_token",
        "token_type",
        "state",
        "error",
        "refresh_token",
        "iss",
        "code",
      )
      const value = fc.oneof(fc.string(), fc.constantFrom("hello", "bearer", idToken(), unsigned, ""))
      const text = fc
        .array(fc.tuple(part, value), { maxLength: 6 })
        .map((pairs) => `#${new URLSearchParams(pairs.map(([name, given]) => [name, given]))}`)
      return fc.assert(
        fc.asyncProperty(fc.oneof(text, fc.string({ unit: "binary" })), async (input) => {
          const outcome = await inBrowser(input)
          assert.include(["AccessTokenOnly", "Unverified", "Refused", "NotOurs"], outcome._tag)
        }),
      )
    }),
  )
})
