import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, test } from "vitest"
import { sharedFlightsLayer } from "../../src/http/single-flight.ts"
import { watchedFlightsLayer } from "../../src/http/watched-flights.ts"
import { introspection, type IntrospectionOptions } from "../../src/verify/introspected-token.ts"
import { reasonOf } from "../support/reason.ts"
import { type Line, scripted, scriptedClient, scriptedIssuer } from "../support/scripted.ts"
import { inVirtualTime } from "./virtual-time.ts"

const audience = "https://api.example"
const start = 1_800_000_000
const good = { active: true, iss: scriptedIssuer, aud: audience, sub: "alice", scope: "read", exp: start + 60 }

/** A verifier whose issuer says these things one after the other. */
const verifierOver = Effect.fnUntraced(function* (
  lines: ReadonlyArray<Line>,
  { shared = true, ...options }: Partial<IntrospectionOptions> & { readonly shared?: boolean } = {},
) {
  yield* TestClock.setTime(start * 1000)
  const { network, sent } = scripted(...lines)
  const flights = shared ? sharedFlightsLayer : watchedFlightsLayer
  const verifier = yield* Effect.provide(
    introspection({ ...scriptedClient, audience, ...options }).open,
    Layer.merge(network, flights),
  )
  const verdict = (token = "opaque") =>
    Effect.promise(async () => {
      const verified = await verifier.verify(token)
      return Result.isSuccess(verified) ? verified.success : verified.failure.reason
    })
  return { verifier, verdict, sent }
})

describe("an opaque token", () => {
  test("is asked for once while its answer holds, and then again", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const { verifier, verdict, sent } = yield* verifierOver([{ json: good }])
        expect(yield* verdict()).toMatchObject({ subject: "alice", scopes: ["read"], expiresAt: (start + 60) * 1000 })
        expect(verifier.verify("opaque")).toMatchObject({ _tag: "Success" })
        expect(sent).toHaveLength(1)
        expect(sent[0]?.form.get("token")).toBe("opaque")
        yield* TestClock.adjust("30 seconds")
        yield* verdict()
        expect(sent).toHaveLength(2)
      }),
    ))

  test.each([true, false])("is asked for once by fifty who bring it, if promises are shared: %s", (shared) =>
    inVirtualTime(
      Effect.gen(function* () {
        const { verifier, sent } = yield* verifierOver([{ json: good }], { shared })
        const all = Array.from({ length: 50 }, () => verifier.verify("opaque"))
        expect((yield* Effect.promise(() => Promise.all(all))).every(Result.isSuccess)).toBe(true)
        yield* Effect.promise(async () => verifier.verify("opaque"))
        expect(sent).toHaveLength(1)
      }),
    ),
  )

  test("is never taken past its end, however long answers may be kept", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const { verdict } = yield* verifierOver([{ json: good }], { maxAge: "1 hour" })
        yield* verdict()
        yield* TestClock.adjust("59 seconds")
        expect(yield* verdict()).toMatchObject({ subject: "alice" })
        yield* TestClock.adjust("1 second")
        expect(yield* verdict()).toMatchObject({ _tag: "OutsideValidity", claim: "exp" })
      }),
    ))

  test("that is not active is remembered too, for less time", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const { verdict, sent } = yield* verifierOver([{ json: { active: false } }, { json: good }])
        for (let times = 0; times < 3; times++)
          expect(yield* verdict()).toEqual({ _tag: "TokenInactive", accordingTo: "the issuer" })
        expect(sent).toHaveLength(1)
        yield* TestClock.adjust("5 seconds")
        expect(yield* verdict()).toMatchObject({ subject: "alice" })
      }),
    ))

  test("that is active and not for this API is remembered as briefly", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const { verdict, sent } = yield* verifierOver([
          { json: { ...good, aud: "https://other.example" } },
          { json: good },
        ])
        for (let times = 0; times < 3; times++) expect(yield* verdict()).toMatchObject({ claim: "aud" })
        expect(sent).toHaveLength(1)
        yield* TestClock.adjust("5 seconds")
        expect(yield* verdict()).toMatchObject({ subject: "alice" })
      }),
    ))

  test("that is active no more is remembered as that, and one that is active again too", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const { verdict, sent } = yield* verifierOver([{ json: good }, { json: { active: false } }, { json: good }])
        yield* verdict()
        yield* TestClock.adjust("30 seconds")
        for (let times = 0; times < 3; times++) expect(yield* verdict()).toMatchObject({ _tag: "TokenInactive" })
        expect(sent).toHaveLength(2)
        yield* TestClock.adjust("5 seconds")
        for (let times = 0; times < 3; times++) expect(yield* verdict()).toMatchObject({ subject: "alice" })
        expect(sent).toHaveLength(3)
      }),
    ))

  test("is still known after a flood of others that are none", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const { verdict, sent } = yield* verifierOver([{ json: good }, { json: { active: false } }])
        yield* verdict()
        for (let n = 0; n < 10_000; n++) yield* verdict(`guess ${n}`)
        expect(yield* verdict()).toMatchObject({ subject: "alice" })
        expect(sent).toHaveLength(10_001)
      }),
    ))

  test.each<readonly [string, object, object]>([
    ["another issuer", { iss: "https://evil.example" }, { _tag: "ClaimMismatch", claim: "iss" }],
    ["no issuer", { iss: undefined }, { _tag: "ClaimMismatch", claim: "iss" }],
    ["another audience", { aud: ["https://other.example"] }, { _tag: "ClaimMismatch", claim: "aud" }],
    ["no audience", { aud: undefined }, { _tag: "ClaimMismatch", claim: "aud" }],
    ["no end", { exp: undefined }, { _tag: "ClaimMismatch", claim: "exp" }],
    ["an end that is past", { exp: start - 1 }, { _tag: "OutsideValidity", claim: "exp" }],
    ["the use of a refresh token", { token_use: "refresh_token" }, { _tag: "ClaimMismatch", claim: "token_use" }],
    ["the use of an ID token", { token_use: "id" }, { _tag: "ClaimMismatch", claim: "token_use" }],
    ["the type of a refresh token", { token_type: "refresh_token" }, { _tag: "ClaimMismatch", claim: "token_type" }],
    ["a use that makes no sense", { token_use: 1 }, { _tag: "ClaimMismatch", claim: "token_use" }],
    ["Refresh as its typ", { typ: "Refresh" }, { _tag: "ClaimMismatch", claim: "typ" }],
    ["Offline as its typ", { typ: "Offline" }, { _tag: "ClaimMismatch", claim: "typ" }],
    ["ID as its typ", { typ: "ID" }, { _tag: "ClaimMismatch", claim: "typ" }],
    ["type DPoP and no key", { token_type: "DPoP" }, { _tag: "ClaimMismatch", claim: "cnf" }],
    ["type DPoP and another binding", { token_type: "dpop", cnf: {} }, { _tag: "ClaimMismatch", claim: "cnf" }],
    ["an actor that is none", { act: { sub: 1 } }, { _tag: "ClaimMismatch", claim: "act" }],
    ["neither subject nor client", { sub: undefined }, { _tag: "ClaimMismatch", claim: "sub" }],
    ["an empty subject", { sub: "", client_id: "shop" }, { _tag: "ClaimMismatch", claim: "sub", actual: "empty" }],
    ["an empty client", { client_id: "" }, { _tag: "ClaimMismatch", claim: "client_id", actual: "empty" }],
  ])("that is active with %s is refused", (_, members, reason) =>
    inVirtualTime(
      Effect.gen(function* () {
        const { verdict } = yield* verifierOver([{ json: { ...good, ...members } }])
        expect(yield* verdict()).toMatchObject(reason)
      }),
    ),
  )

  test.each([
    { token_type: "Bearer", typ: "Bearer", token_use: "access_token" },
    { token_type: "access_token", typ: "at+jwt", token_use: "access" },
    { token_type: "DPoP", cnf: { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" } },
  ])("that is said to be an access token is one: %o", (members) =>
    inVirtualTime(
      Effect.gen(function* () {
        const { verdict } = yield* verifierOver([{ json: { ...good, ...members } }])
        expect(yield* verdict()).toMatchObject({ subject: "alice" })
      }),
    ),
  )

  test("of a client is that client's", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const { verdict } = yield* verifierOver([{ json: { ...good, sub: undefined, client_id: "shop" } }])
        expect(yield* verdict()).toMatchObject({ subject: "shop", clientId: "shop" })
      }),
    ))

  test("says scopes and client as a JWT of the same issuer does", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const { scope: _, ...rest } = good
        for (const client of ["azp", "cid", "appid"]) {
          const { verdict } = yield* verifierOver([{ json: { ...rest, scp: ["read", "write"], [client]: "shop" } }])
          expect(yield* verdict()).toMatchObject({ subject: "alice", clientId: "shop", scopes: ["read", "write"] })
        }
      }),
    ))

  test.each<readonly [string, Line]>([
    ["gone", { _tag: "Unreachable", url: "https://issuer.example/introspect" }],
    ["ill", { status: 503 }],
    ["talking nonsense", { body: "<html>" }],
    ["refusing this API", { status: 401, json: { error: "invalid_client" } }],
  ])("cannot be judged while its issuer is %s; that is no answer to keep", (_, line) =>
    inVirtualTime(
      Effect.gen(function* () {
        const { verdict } = yield* verifierOver([line, { json: good }])
        const reason = yield* verdict()
        expect(reason).toMatchObject({ _tag: "CheckUnavailable", check: "introspection" })
        expect(yield* verdict()).toMatchObject({ subject: "alice" })
      }),
    ),
  )

  test("is not asked for while the issuer asks to wait, whichever it is; what is known still serves", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const busy = { status: 429, headers: { "retry-after": "20" } }
        const { verdict, sent } = yield* verifierOver([{ json: good }, busy, { json: good }])
        yield* verdict("known")
        const reason = yield* verdict("one")
        expect(reason).toMatchObject({ _tag: "CheckUnavailable", retryAfter: Duration.seconds(20) })
        yield* TestClock.adjust("19 seconds")
        for (const token of ["one", "two"]) {
          expect(yield* verdict(token)).toMatchObject({
            _tag: "CheckUnavailable",
            because: expect.stringContaining("asks to wait 1 s."),
            retryAfter: Duration.seconds(1),
          })
        }
        expect(yield* verdict("known")).toMatchObject({ subject: "alice" })
        expect(sent).toHaveLength(2)
        yield* TestClock.adjust("1 second")
        expect(yield* verdict("one")).toMatchObject({ subject: "alice" })
      }),
    ))

  test("that is longer than any header is not sent anywhere", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const { verdict, sent } = yield* verifierOver([{ json: good }])
        const problem = "is longer than 32768 characters"
        expect(yield* verdict("x".repeat(32_769))).toEqual({ _tag: "MalformedToken", problem })
        expect(sent).toHaveLength(0)
        expect(yield* verdict("x".repeat(32_768))).toMatchObject({ subject: "alice" })
      }),
    ))

  test("gives a principal that no request can change for another", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const { verifier } = yield* verifierOver([{ json: { ...good, roles: ["reader"] } }])
        const principal = yield* verifier.check("opaque")
        expect(() => (principal.claims["roles"] as Array<string>).push("admin")).toThrow(TypeError)
        expect(() => (principal.scopes as Array<string>).push("admin")).toThrow(TypeError)
      }),
    ))
})

describe("options of introspection", () => {
  test.each<readonly [string, object, string]>([
    ["issuer", { issuer: "" }, "must be a non-empty string"],
    ["issuer", { issuer: 5 }, "must be a non-empty string"],
    ["clientId", { clientId: "" }, "must be a non-empty string"],
    ["clientId", { clientId: undefined }, "must be a non-empty string"],
    ["clientAuth", { clientAuth: "secret" }, "must be one such as clientSecretBasic(secret)"],
    ["audience", { audience: [] }, "must name at least one audience"],
    ["audience", { audience: "" }, "must name at least one audience"],
    ["audience", { audience: [audience, ""] }, "must name at least one audience"],
    ["maxAge", { maxAge: "1 hour and a bit" }, "must be a duration up to 1 hour"],
    ["maxAge", { maxAge: 3_600_001 }, "must be a duration up to 1 hour"],
    ["negativeMaxAge", { negativeMaxAge: "soon" }, "must be a duration up to 1 hour"],
    ["negativeMaxAge", { negativeMaxAge: "2 hours" }, "must be a duration up to 1 hour"],
  ])("%s cannot be %o", (field, options, problem) =>
    inVirtualTime(
      Effect.gen(function* () {
        const reason = yield* reasonOf(verifierOver([{ json: good }], options))
        expect(reason).toEqual({ _tag: "InvalidOptions", field: `introspection.${field}`, problem })
      }),
    ),
  )

  test("an hour is long enough for any answer", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const options = { maxAge: "1 hour", negativeMaxAge: "1 hour" } as const
        const { verdict, sent } = yield* verifierOver([{ json: { active: false } }], options)
        yield* verdict()
        yield* TestClock.adjust("59 minutes")
        expect(yield* verdict()).toMatchObject({ _tag: "TokenInactive" })
        expect(sent).toHaveLength(1)
      }),
    ))
})
