import * as Duration from "effect/Duration"
import { describe, expect, test } from "vitest"
import type { Answer } from "../../src/http/client.ts"
import { type RejectionContext, rejection } from "../../src/protocol/rejection.ts"

const url = "https://issuer.example/token"
const receivedAt = 1_800_000_000_000

interface Said {
  readonly status?: number
  readonly json?: unknown
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

const answer = ({ status = 400, json, body = JSON.stringify(json), headers }: Said): Answer => ({
  url,
  status,
  headers: new Headers({ "content-type": "application/json", ...headers }),
  body,
  receivedAt,
})
const reasonFor = (said: Said, context: Partial<RejectionContext> = {}) =>
  rejection(answer(said), { signed: false, params: [], ...context }).reason
const rejected = (code: string, error: string, status = 400) => ({ _tag: "Rejected", code, url, status, error })

describe("the code of a refusal", () => {
  test.each([
    ["consent_required", "interaction_required"],
    ["interaction_required", "interaction_required"],
    ["login_required", "interaction_required"],
    ["mfa_required", "interaction_required"],
    ["no_login_required", "rejected"],
    ["login_required_soon", "rejected"],
    ["access_denied", "access_denied"],
    ["invalid_grant", "invalid_grant"],
    ["something_new", "rejected"],
  ])("%s is %s", (error, code) => {
    expect(reasonFor({ json: { error } })).toEqual(rejected(code, error))
  })

  test("is invalid_client for any other word with a 401", () => {
    expect(reasonFor({ status: 401, json: { error: "nope" } })).toEqual(rejected("invalid_client", "nope", 401))
    expect(reasonFor({ status: 401, json: { error: "invalid_grant" } })).toMatchObject({ code: "invalid_grant" })
  })

  test("counts more than a status that says to come again", () => {
    expect(reasonFor({ status: 500, json: { error: "invalid_grant" } })).toEqual(
      rejected("invalid_grant", "invalid_grant", 500),
    )
    const headers = { "retry-after": "7" }
    expect(reasonFor({ status: 429, json: { error: "too_many_attempts" }, headers })).toEqual({
      ...rejected("too_many_attempts", "too_many_attempts", 429),
      retryAfter: Duration.seconds(7),
    })
    expect(reasonFor({ status: 429, json: { error: "slow" } })).toEqual({
      _tag: "Unavailable",
      url,
      status: 429,
      error: "slow",
    })
  })

  test("is that of the endpoint first, with its fix", () => {
    const classify = ({ error }: { readonly error: string }) =>
      error === "invalid_grant" ? ({ code: "invalid_credentials", fix: "Try again." } as const) : undefined
    expect(reasonFor({ json: { error: "invalid_grant" } }, { classify })).toEqual({
      ...rejected("invalid_credentials", "invalid_grant"),
      fix: "Try again.",
    })
    expect(reasonFor({ json: { error: "invalid_scope" } }, { classify })).toEqual(
      rejected("invalid_scope", "invalid_scope"),
    )
  })
})

describe("the words of a refusal", () => {
  test("are the first that are text", () => {
    for (const [json, words] of [
      [{ error: 1, code: "invalid_grant" }, {}],
      [{ error: " ", code: "invalid_grant", message: "m" }, { description: "m" }],
      [{ error: "invalid_grant", error_description: {}, description: "d", message: "m" }, { description: "d" }],
    ] as const)
      expect(reasonFor({ json })).toEqual({ ...rejected("invalid_grant", "invalid_grant"), ...words })
  })

  test("are none where no member is text", () => {
    for (const json of [{}, { error: 1, code: null }, { error: "" }]) {
      const problem = "status 400 with application/json instead of an OAuth error (RFC 6749 §5.2)"
      expect(reasonFor({ json })).toEqual({ _tag: "MalformedResponse", url, problem })
    }
  })

  test("may be plain text, or nothing but a status, if the fault is ours", () => {
    const headers = { "content-type": "text/plain; charset=utf-8" }
    for (const status of [400, 499]) {
      expect(reasonFor({ status, body: "Forbidden", headers })).toEqual(rejected("rejected", "Forbidden", status))
      expect(reasonFor({ status, body: "" })).toEqual(rejected("rejected", `status ${status}`, status))
    }
    for (const status of [500, 502])
      for (const body of ["", "Bad Gateway"])
        expect(reasonFor({ status, body, headers })).toEqual({ _tag: "Unavailable", url, status })
    for (const [status, body] of [
      [302, "Found"],
      [399, ""],
    ] as const)
      expect(reasonFor({ status, body, headers })).toMatchObject({ _tag: "MalformedResponse" })
  })

  test("that are no JSON are malformed, whatever they call themselves", () => {
    const page = { status: 403, body: "<html>" }
    const problem = (type: string) => `status 403 with ${type} instead of an OAuth error (RFC 6749 §5.2)`
    expect(reasonFor(page)).toMatchObject({ problem: problem("application/json") })
    const untyped = { ...answer(page), headers: new Headers() }
    expect(rejection(untyped, { signed: false, params: [] }).reason).toMatchObject({
      problem: problem("no content type"),
    })
  })
})

describe("a clock that is wrong", () => {
  const dated = (ahead: number) => ({ date: new Date(receivedAt - ahead * 1000).toUTCString() })
  const ahead = (error: string, signed: boolean, headers: Readonly<Record<string, string>> = dated(3600)) =>
    reasonFor({ json: { error }, headers }, { signed })

  test("may be the cause only where a timestamp was signed", () => {
    for (const error of ["invalid_client", "invalid_grant"]) {
      expect(ahead(error, true)).toEqual({ ...rejected(error, error), clockAheadSeconds: 3600 })
      expect(ahead(error, false)).toEqual(rejected(error, error))
    }
    expect(ahead("invalid_dpop_proof", false)).toMatchObject({ clockAheadSeconds: 3600 })
    for (const signed of [true, false]) expect(ahead("invalid_scope", signed)).not.toHaveProperty("clockAheadSeconds")
  })

  test("is one that differs by more than half a minute", () => {
    expect(ahead("invalid_grant", true, dated(31))).toMatchObject({ clockAheadSeconds: 31 })
    expect(ahead("invalid_grant", true, dated(-31))).toMatchObject({ clockAheadSeconds: -31 })
    for (const headers of [dated(30), dated(-30), {}, { date: "yesterday" }])
      expect(ahead("invalid_grant", true, headers)).not.toHaveProperty("clockAheadSeconds")
  })
})
