import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { assert, test } from "vitest"
import type { AuthorizationTransaction } from "../../src/acquire/authorization-transaction.ts"
import { decodeTransaction, encodeTransaction } from "../../src/acquire/authorization-transaction-json.ts"
import { parseTarget } from "../../src/model/target.ts"

const transaction: AuthorizationTransaction = {
  id: "id-1",
  issuer: "https://issuer.example",
  clientId: "app",
  redirectUri: "https://app.example/cb",
  responseType: "code",
  responseMode: "query",
  target: Result.getOrThrow(parseTarget({ audience: "orders", scope: "openid read", organization: "acme" })),
  state: Redacted.make("state-1"),
  nonce: Redacted.make("nonce-1"),
  verifier: Redacted.make("verifier-1"),
  jkt: "thumbprint-1",
  maxAge: 60,
  acrValues: ["gold"],
  startedAt: 1,
  expiresAt: 2,
}
const { verifier: _verifier, jkt: _jkt, maxAge: _maxAge, ...without } = transaction

test("a transaction survives a store", () => {
  const target = Result.getOrThrow(parseTarget({}))
  for (const each of [transaction, { ...without, target, responseType: "id_token token" } as const]) {
    const text = encodeTransaction(each)
    const back = Result.getOrThrow(decodeTransaction(text))
    assert.deepStrictEqual(JSON.parse(encodeTransaction(back)), JSON.parse(text))
    assert.strictEqual(Redacted.value(back.state), "state-1")
    assert.deepStrictEqual(back.target, each.target)
    assert.deepStrictEqual(Object.keys(back).sort(), Object.keys(each).sort())
  }
})

test("a transaction prints none of its secrets", () => {
  assert.notMatch(JSON.stringify(transaction), /state-1|nonce-1|verifier-1/)
})

const written = JSON.parse(encodeTransaction(transaction)) as Readonly<Record<string, unknown>>

test.each<readonly [string, string]>([
  ["no JSON", "{"],
  ["a list", "[]"],
  ["another version", JSON.stringify({ ...written, version: 2 })],
  ...Object.keys(written)
    .filter((member) => !["verifier", "jkt", "maxAge"].includes(member))
    .map((member) => [`no ${member}`, JSON.stringify({ ...written, [member]: undefined })] as const),
  ...Object.keys(written).map(
    (member) => [`another ${member}`, JSON.stringify({ ...written, [member]: [{}] })] as const,
  ),
  ["another response type", JSON.stringify({ ...written, responseType: "code token" })],
  ["a time that is none", JSON.stringify({ ...written, expiresAt: -1 })],
  ["a target that is none", JSON.stringify({ ...written, target: { audiences: ["a b"] } })],
  ["a target with another type in it", JSON.stringify({ ...written, target: { scopes: "openid" } })],
])("%s is refused", (_name, text) => {
  const decoded = decodeTransaction(text)
  assert.isTrue(Result.isFailure(decoded))
  assert.notMatch(JSON.stringify(decoded), /state-1|nonce-1|verifier-1/)
})

test("whatever the text, there is no exception", () => {
  const members = fc.dictionary(fc.constantFrom(...Object.keys(written)), fc.jsonValue())
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), members), (text) => {
      decodeTransaction(typeof text === "string" ? text : JSON.stringify({ ...written, ...text }))
    }),
  )
})
