import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { assert, describe, expect, test } from "vitest"
import { type CallbackInput, parseCallback, type ResponseMode } from "../../src/protocol/callback.ts"

/** The outcome with its secrets laid open. */
const outcome = (input: CallbackInput, mode: ResponseMode = "query") =>
  Object.fromEntries(
    Object.entries(parseCallback(input, mode)).map(([name, value]: readonly [string, unknown]) => [
      name,
      Redacted.isRedacted(value) ? Redacted.value(value) : value,
    ]),
  )
const tagOf = (input: CallbackInput, mode: ResponseMode = "query") => parseCallback(input, mode)._tag

describe("a callback is found", () => {
  const answer = { _tag: "Answer", state: "s", issuer: "https://a.example", code: "c" }

  test.each<readonly [string, CallbackInput, ResponseMode]>([
    ["the whole address", "https://app.example/cb?tab=1&code=c&state=s&iss=https%3A%2F%2Fa.example", "query"],
    ["a URL", new URL("https://app.example/cb?code=c&state=s&iss=https%3A%2F%2Fa.example#other"), "query"],
    ["an address of an app's own scheme", "com.example.app:/cb?code=c&state=s&iss=https%3A%2F%2Fa.example", "query"],
    ["a path", "/cb?code=c&state=s&iss=https%3A%2F%2Fa.example", "query"],
    ["a query", "?code=c&state=s&iss=https%3A%2F%2Fa.example", "query"],
    [
      "a whole address, in its hash",
      "https://app.example/cb?tab=1#code=c&state=s&iss=https%3A%2F%2Fa.example",
      "fragment",
    ],
    ["a hash", "#code=c&state=s&iss=https%3A%2F%2Fa.example", "fragment"],
    ["a hash with a slash", "#/code=c&state=s&iss=https%3A%2F%2Fa.example", "fragment"],
    ["a hash with a route", "https://app.example/#/?code=c&state=s&iss=https%3A%2F%2Fa.example", "fragment"],
    ["a posted body", "code=c&state=s&iss=https%3A%2F%2Fa.example", "form_post"],
    ["a posted form", new URLSearchParams({ code: "c", state: "s", iss: "https://a.example" }), "form_post"],
  ])("in %s", (_name, input, mode) => {
    expect(outcome(input, mode)).toEqual(answer)
  })
})

test.each([
  ["nothing", ""],
  ["an empty hash", "#"],
  ["a route", "#/orders/7"],
  ["an anchor", "https://app.example/cb#section-2"],
  ["a voucher", "?code=SUMMER"],
  ["an error page of the application", "?error=1"],
  ["an empty code", "?code=&state=s"],
  ["a state alone", "?state=s"],
  ["no address at all", "https://"],
  ["a word with our name in it", "#/code/access_token/id_token"],
])("%s is left alone", (_name, input) => {
  for (const mode of ["query", "fragment", "form_post"] as const) assert.strictEqual(tagOf(input, mode), "NotOurs")
})

test("the part that was not agreed on is not read", () => {
  const address = "https://app.example/cb?code=q&state=s#code=f&state=s"
  expect(outcome(address, "query")).toMatchObject({ code: "q" })
  expect(outcome(address, "fragment")).toMatchObject({ code: "f" })
  expect(outcome(address, "form_post")).toEqual({ _tag: "NotOurs" })
})

test("what a value has in it is no beginning of a query", () => {
  expect(outcome("code=c&state=a?b#c", "form_post")).toMatchObject({ code: "c", state: "a?b#c" })
})

test("an answer of 65536 characters is read", () => {
  const text = `code=c&state=${"s".repeat(65_536 - "code=c&state=".length)}`
  assert.strictEqual(tagOf(text), "Answer")
  expect(outcome(`${text}s`)).toMatchObject({ _tag: "Malformed", problem: "is longer than 65536 characters" })
})

test("an error is told with its state, made printable", () => {
  expect(outcome("?error=access_denied&error_description=no%0Away%00&state=s&iss=i")).toEqual({
    _tag: "Denial",
    error: "access_denied",
    description: "no way",
    state: "s",
    issuer: "i",
  })
})

describe("refused is", () => {
  test.each([
    ["a parameter that comes twice", "?code=a&code=b&state=s", "has the parameter code twice"],
    ["a state that comes twice", "?code=a&state=s&state=s", "has the parameter state twice"],
    ["an error together with a code", "?code=a&error=x&state=s", "is an error and a success at once"],
    ["a code that would break out of a header", "?code=a%0D%0Ax&state=s", "has a parameter code with characters"],
    ["a token with a space", "#access_token=a+b&state=s", "has a parameter access_token with characters"],
  ])("%s", (_name, input, problem) => {
    const callback = parseCallback(input, "query")
    assert(callback._tag === "Malformed")
    assert.include(callback.problem, problem)
  })

  test("a hash of 100 kB, at once", () => {
    const started = performance.now()
    const callback = outcome(`#id_token=${"a".repeat(100_000)}&state=s`, "fragment")
    expect(callback).toEqual({ _tag: "Malformed", problem: "is longer than 65536 characters" })
    assert.strictEqual(tagOf(`#${"a=b&".repeat(25_000)}`, "fragment"), "NotOurs")
    assert.isBelow(performance.now() - started, 200)
  })
})

test("the application's own parameters may come as often as they like", () => {
  assert.strictEqual(tagOf("https://app.example/cb?tab=1&tab=2&code=c&state=s"), "Answer")
})

test("no secret is printed", () => {
  const callback = parseCallback(
    "#id_token=secret-1&access_token=secret-2&refresh_token=secret-3&code=secret-4&state=s",
    "fragment",
  )
  assert.strictEqual(callback._tag, "Answer")
  assert.notInclude(JSON.stringify(callback), "secret")
})

describe("whatever comes", () => {
  const name = fc.constantFrom("code", "state", "iss", "error", "error_description", "id_token", "access_token", "tab")
  const pair = fc.tuple(name, fc.oneof(fc.string({ unit: "binary" }), fc.webFragments(), fc.constant("")))
  const encoded = fc
    .array(pair, { maxLength: 8 })
    .map((pairs) => pairs.map(([key, value]) => `${key}=${value}`).join("&"))
  const prefix = fc.constantFrom(
    "",
    "?",
    "#",
    "#/",
    "#?",
    "/cb?",
    "https://app.example/cb?",
    "https://app.example/cb#",
    "x:",
  )
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(prefix, encoded).map((parts) => parts.join("")),
  )
  const modes = fc.constantFrom<ResponseMode>("query", "fragment", "form_post")

  test("there is exactly one outcome and no exception", () => {
    fc.assert(
      fc.property(text, modes, (input, mode) => {
        const { _tag } = parseCallback(input, mode)
        assert.include(["Answer", "Denial", "Malformed", "NotOurs"], _tag)
        assert.deepStrictEqual(outcome(input, mode), outcome(input, mode))
      }),
      { numRuns: 2000 },
    )
  })

  test("an answer that was written is read back", () => {
    const value = fc.stringMatching(/^[!-~]{1,40}$/)
    fc.assert(
      fc.property(value, value, fc.constantFrom("?", "#", ""), (code, state, start) => {
        const written = `${start}${new URLSearchParams({ code, state })}`
        expect(outcome(written, start === "#" ? "fragment" : "query")).toEqual({
          _tag: "Answer",
          state,
          issuer: undefined,
          code: code,
        })
      }),
    )
  })
})
