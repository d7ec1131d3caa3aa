import { assert, describe, test } from "vitest"
import { nowSeconds } from "../verify/mint.ts"
import { bySecret, clientId, type Given, hash, idToken, inBrowser, issuer, unsigned, verdict } from "./legacy-hash.ts"

interface Row {
  readonly row: number
  readonly name: string
  readonly fragment: () => string
  readonly given?: Given
  /** What the holder of the secret finds; a page finds `Unverified` instead of `SignedIn`. */
  readonly expected: string
  /** What `parseHash` of auth0-js was measured to do instead. */
  readonly peer?: string
}

const rows: ReadonlyArray<Row> = [
  { row: 1, name: "access_token, id_token and state", fragment: () => hash(idToken()), expected: "SignedIn" },
  { row: 2, name: "with #/ before it", fragment: () => hash(idToken()).replace("#", "#/"), expected: "SignedIn" },
  {
    row: 3,
    name: "and a refresh token",
    fragment: () => hash(idToken(), "&refresh_token=r"),
    expected: "SignedIn",
    peer: "1.6.5 drops the refresh token",
  },
  {
    row: 4,
    name: "an id_token alone, asked for",
    fragment: () => `#id_token=${idToken()}&state=hello`,
    given: { requested: ["id_token"] },
    expected: "SignedIn",
    peer: "1.6.5 never calls back",
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
    peer: "1.6.5 throws a TypeError",
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
    peer: "1.6.5 loses the state",
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
    peer: "1.6.5 takes it for an error",
  },
  {
    row: 8,
    name: "another audience",
    fragment: () => hash(idToken({ aud: "other" })),
    expected: "aud",
    peer: "9.32.0 accepts it",
  },
  {
    row: 9,
    name: "a list with the client in it",
    fragment: () => hash(idToken({ aud: [clientId] })),
    expected: "SignedIn",
    peer: "1.6.5 refuses it",
  },
  { row: 9, name: "several audiences", fragment: () => hash(idToken({ aud: [clientId, "other"] })), expected: "azp" },
  {
    row: 9,
    name: "several audiences with azp",
    fragment: () => hash(idToken({ aud: [clientId, "other"], azp: clientId })),
    expected: "SignedIn",
  },
  {
    row: 10,
    name: "another issuer",
    fragment: () => hash(idToken({ iss: "https://evil.example/" })),
    expected: "iss",
    peer: "9.32.0 accepts it",
  },
  {
    row: 10,
    name: "no slash at the end",
    fragment: () => hash(idToken({ iss: issuer.slice(0, -1) })),
    expected: "iss",
  },
  {
    row: 11,
    name: "no issuer",
    fragment: () => hash(idToken({ iss: undefined })),
    expected: "iss",
    peer: "7.6.1 and 9.32.0 accept it",
  },
  {
    row: 12,
    name: "an end in the past",
    fragment: () => hash(idToken({ exp: nowSeconds() - 61 })),
    expected: "exp",
    peer: "1.6.5, 7.6.1 and 9.32.0 accept it",
  },
  {
    row: 12,
    name: "an end within the tolerance",
    fragment: () => hash(idToken({ exp: nowSeconds() - 30 })),
    expected: "SignedIn",
  },
  {
    row: 13,
    name: "alg none",
    fragment: () => hash(unsigned),
    expected: "id_token_refused",
    peer: "1.6.5 and 7.6.1 accept it",
  },
  {
    row: 13,
    name: "alg none with a signature",
    fragment: () => hash(idToken({}, { header: { alg: "none" } })),
    expected: "id_token_refused",
  },
  {
    row: 14,
    name: "a nonce that nobody kept",
    fragment: () => hash(idToken({ nonce: "n" })),
    expected: "nonce",
    peer: "1.6.5 accepts it",
  },
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
  {
    row: 15,
    name: "an unrelated hash",
    fragment: () => "#/orders/7?sort=error",
    expected: "NotOurs",
    peer: "1.6.5 never calls back",
  },
  { row: 16, name: "an empty hash", fragment: () => "", expected: "NotOurs", peer: "1.6.5 never calls back" },
  { row: 16, name: "a bare hash", fragment: () => "#", expected: "NotOurs" },
]

const titleOf = ({ row, name, peer, expected }: Row): string =>
  `${row}: ${name} is ${expected}${peer === undefined ? "" : ` (auth0-js ${peer})`}`

/** The 16 fragments that `parseHash` was measured with; each test bears what was wrong there. */
describe("auth0-js parseHash, row by row", () => {
  const titled = rows.map((each) => ({ ...each, title: titleOf(each) }))

  test.each(titled)("$title, for who holds the secret", async ({ fragment, given, expected }) => {
    assert.strictEqual(verdict(await bySecret(fragment(), given)), expected)
  })

  test.each(titled)("$title, in a browser", async ({ fragment, given, expected }) => {
    const found = await inBrowser(fragment(), given)
    assert.strictEqual(verdict(found), expected === "SignedIn" ? "Unverified" : expected)
  })

  test("no fragment is left out", () => {
    const numbers = Array.from({ length: 16 }, (_, index) => index + 1)
    assert.deepStrictEqual([...new Set(rows.map(({ row }) => row))], numbers)
  })
})
