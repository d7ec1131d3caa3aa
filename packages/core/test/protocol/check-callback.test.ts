import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { assert, describe, expect, test } from "vitest"
import { AcquireError } from "../../src/errors/acquire-error.ts"
import { parseCallback } from "../../src/protocol/callback.ts"
import { checkCallback } from "../../src/protocol/check-callback.ts"
import { readVectors } from "../jws/vectors.ts"

const issuer = "https://honest.as.example"
const check = (callback: string, namesIssuer = false, state = "right") =>
  checkCallback(parseCallback(callback, "query"), { state: Redacted.make(state), issuer, namesIssuer })
const refusal = (callback: string, namesIssuer = false) => Result.getOrThrow(Result.flip(check(callback, namesIssuer)))
const codeOf = (callback: string, namesIssuer = false) =>
  new AcquireError({ reason: refusal(callback, namesIssuer) }).explanation.code

const iss = encodeURIComponent(issuer)

test("the answer that was waited for is taken", () => {
  assert.isTrue(Result.isSuccess(check("?code=c&state=right")))
  assert.isTrue(Result.isSuccess(check(`?code=c&state=right&iss=${iss}`, true)))
})

test("an ID token, which names the issuer itself, is taken without iss", () => {
  assert.isTrue(Result.isSuccess(check("?id_token=t&state=right", true)))
  assert.strictEqual(codeOf("?access_token=t&state=right", true), "issuer_mismatch")
})

test("an answer that nobody asked for is taken where no state was sent, from this issuer alone", () => {
  const unasked = (callback: string) =>
    checkCallback(parseCallback(callback, "query"), { state: undefined, issuer, namesIssuer: true })
  for (const callback of [`?id_token=t&iss=${iss}`, `?code=c&state=any&iss=${iss}`])
    assert.isTrue(Result.isSuccess(unasked(callback)))
  expect(unasked("?code=c&state=any&iss=https%3A%2F%2Fevil.example")).toMatchObject({ failure: { problem: "iss" } })
})

describe("refused is", () => {
  test.each([
    ["the beginning of the state", "?code=c&state=righ", "invalid_state"],
    ["the state with another end", "?code=c&state=righT", "invalid_state"],
    ["the state with another beginning", "?code=c&state=Right", "invalid_state"],
    ["another state", "?code=c&state=wrong", "invalid_state"],
    ["a state of another length", "?code=c&state=right1", "invalid_state"],
    ["another state with an error", "?error=access_denied&state=wrong", "invalid_state"],
    ["an error without a state", "?error=access_denied&error_description=x", "invalid_state"],
    ["another issuer", "?code=c&state=right&iss=https%3A%2F%2Fevil.example", "issuer_mismatch"],
    ["almost the issuer", `?code=c&state=right&iss=${iss}%2F`, "issuer_mismatch"],
    ["the issuer in capitals", `?code=c&state=right&iss=${iss.toUpperCase()}`, "issuer_mismatch"],
    ["an error of another issuer", "?error=access_denied&state=right&iss=x", "issuer_mismatch"],
    ["what is none", "?tab=1", "invalid_callback"],
    ["what may not be used", "?code=c&code=d&state=right", "invalid_callback"],
  ])("%s", (_name, callback, code) => {
    assert.strictEqual(codeOf(callback), code)
  })

  test("an answer without iss from an issuer that promises it, an error too", () => {
    assert.strictEqual(codeOf("?code=c&state=right", true), "issuer_mismatch")
    assert.strictEqual(codeOf("?error=access_denied&state=right", true), "issuer_mismatch")
  })
})

test.each([
  ["access_denied", "access_denied"],
  ["login_required", "interaction_required"],
  ["consent_required", "interaction_required"],
  ["temporarily_unavailable", "unavailable"],
  ["server_error", "unavailable"],
  ["unsupported_response_type", "unsupported"],
  ["something_new", "rejected"],
])("the issuer's error %s is told as %s, with its own words and a fix", (error, code) => {
  const callback = `?error=${error}&error_description=own+words&state=right`
  expect(refusal(callback)).toEqual({ _tag: "AuthorizationRefused", error, description: "own words" })
  const failure = new AcquireError({ reason: refusal(callback) })
  assert.strictEqual(failure.explanation.code, code)
  assert.include(failure.message, `${error}: own words`)
  assert.isFalse(failure.explanation.retryable)
})

interface HttpExample {
  readonly id: string
  readonly text: string
}

test("the examples of RFC 9207 are read", () => {
  const examples = readVectors<ReadonlyArray<HttpExample>>("rfc-vectors.json").filter(({ id }) =>
    id.startsWith("rfc9207"),
  )
  assert.lengthOf(examples, 2)
  for (const { text } of examples) {
    const address = text.replace(/^[\s\S]*Location: /, "").replaceAll(/\s/g, "")
    const state = new URL(address).searchParams.get("state") ?? ""
    const result = check(address, true, state)
    const outcome = Result.match(result, { onSuccess: ({ _tag }) => _tag, onFailure: ({ _tag }) => _tag })
    assert.strictEqual(outcome, address.includes("error=") ? "AuthorizationRefused" : "Answer")
  }
})
