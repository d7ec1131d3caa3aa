import { assert, it } from "vitest"
import { whyUnreachable } from "../../src/http/unreachable.node.ts"
import { whyUnreachable as onTheWeb } from "../../src/http/unreachable.web.ts"

const coded = (code: string): Error => Object.assign(new Error("no"), { code })

it("names the system's code, also where fetch hides it", () => {
  const causes: ReadonlyArray<unknown> = [
    coded("ECONNRESET"),
    new TypeError("fetch failed", { cause: coded("ECONNRESET") }),
    new TypeError("fetch failed", { cause: new AggregateError([coded("ECONNRESET"), coded("EACCES")]) }),
  ]
  for (const cause of causes) assert.deepStrictEqual(whyUnreachable(cause), { detail: "ECONNRESET" })
  for (const cause of [new TypeError("fetch failed"), "no error", undefined]) {
    assert.deepStrictEqual(whyUnreachable(cause), {})
  }
})

it("tells nothing that somebody else has written, and does not follow causes in a circle", () => {
  const secret = "Basic bWU6c2VjcmV0"
  const round = new Error("round")
  round.cause = round
  const causes: ReadonlyArray<unknown> = [
    new TypeError("fetch failed", { cause: new Error(`tried ${secret}`) }),
    new AggregateError([new Error(secret)], secret),
    coded(secret),
    coded("A".repeat(100)),
    new AggregateError([]),
    round,
  ]
  for (const cause of causes) assert.deepStrictEqual(whyUnreachable(cause), {})
})

it.each([
  ["SELF_SIGNED_CERT_IN_CHAIN", /NODE_EXTRA_CA_CERTS/],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", /NODE_EXTRA_CA_CERTS/],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", /NODE_EXTRA_CA_CERTS/],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", /NODE_EXTRA_CA_CERTS/],
  ["ERR_TLS_CERT_ALTNAME_INVALID", /the name that the server's certificate is for/],
  ["CERT_HAS_EXPIRED", /clock.*renewed/],
  ["CERT_NOT_YET_VALID", /clock.*renewed/],
])("says what to do about a certificate: %s", (code, fix) => {
  const why = whyUnreachable(new TypeError("fetch failed", { cause: coded(code) }))
  assert.strictEqual(why.detail, code)
  assert.match(why.fix ?? "", fix)
})

it("knows nothing in a browser", () => {
  assert.deepStrictEqual(onTheWeb(new TypeError("Failed to fetch")), {})
})
