import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { StoreError } from "../../src/errors/store-error.ts"
import type { VerifyReason } from "../../src/errors/verify-error.ts"
import type { Algorithm } from "../../src/jws/algorithm.ts"
import { confirmationOf } from "../../src/verify/confirmation.ts"
import type { DpopVerifierOptions } from "../../src/verify/dpop-options.ts"
import { makeDpopVerifier } from "../../src/verify/dpop-proof.ts"
import { makeSigner } from "./mint.ts"
import { boundTo, law, now, prove, publicUrl, refused, request, thumbprint, verdict, verifying } from "./prove.ts"

const es256 = makeSigner("ES256")
const stranger = makeSigner("ES256")

describe("the binding", () => {
  const mismatch = (claim: string, expected: string, actual?: string): VerifyReason => ({
    _tag: "ClaimMismatch",
    claim,
    expected,
    ...(actual !== undefined && { actual }),
  })

  law("a token of another's is not opened by one's own key: that is about the token", () =>
    Effect.gen(function* () {
      const stolen = request(stranger, { principal: boundTo(es256) })
      const expected = mismatch("cnf.jkt", "the thumbprint of the proof's key", "that of another")
      assert.deepStrictEqual(yield* verdict(yield* verifying(), stolen), expected)
    }),
  )

  law("a token that is not bound is not made so by a proof", () =>
    Effect.gen(function* () {
      const verifier = yield* verifying()
      for (const cnf of [undefined, {}, { "x5t#S256": "a" }]) {
        const reason = yield* verdict(verifier, request(es256, { principal: boundTo(undefined, cnf) }))
        assert.deepStrictEqual(reason, mismatch("cnf.jkt", "a bound token"))
      }
    }),
  )

  law("a token under Bearer can be told to be bound; members that are not known are ignored", () =>
    Effect.sync(() => {
      const jkt = "a".repeat(43)
      const jktOf = (cnf: unknown) => Result.getOrThrow(confirmationOf(boundTo(undefined, cnf))).jkt
      assert.strictEqual(jktOf({ jkt, "x5t#S256": 1 }), jkt)
      for (const cnf of [undefined, {}, { kid: "a" }, JSON.parse('{"__proto__":{"jkt":"a"}}')]) {
        assert.isUndefined(jktOf(cnf))
      }
    }),
  )

  law("a binding that makes no sense is none that may be passed over", () =>
    Effect.gen(function* () {
      const verifier = yield* verifying()
      for (const cnf of ["text", [], null, 1, { jkt: "" }, { jkt: null }, { jkt: ["a"] }, { jkt: "a".repeat(44) }]) {
        assert.isTrue(Result.isFailure(confirmationOf(boundTo(undefined, cnf))), JSON.stringify(cnf))
        const reason = yield* verdict(verifier, request(es256, { principal: boundTo(undefined, cnf) }))
        assert.strictEqual(typeof reason === "object" && reason._tag, "ClaimMismatch")
      }
    }),
  )
})

describe("a proof counts once", () => {
  const replay = refused("was used before")

  law("and again with another jti or of another key", () =>
    Effect.gen(function* () {
      const verifier = yield* verifying()
      const claims = { jti: "the-same" }
      const once = request(es256, { proof: prove(es256, { claims }) })
      assert.strictEqual(yield* verdict(verifier, once), "accepted")
      assert.deepStrictEqual(yield* verdict(verifier, once), replay)
      const resigned = request(es256, { proof: prove(es256, { claims }) })
      assert.deepStrictEqual(yield* verdict(verifier, resigned), replay)
      assert.strictEqual(
        yield* verdict(verifier, request(stranger, { proof: prove(stranger, { claims }) })),
        "accepted",
      )
      assert.strictEqual(yield* verdict(verifier, request(es256)), "accepted")
    }),
  )

  law("of a hundred at the same moment one passes", () =>
    Effect.gen(function* () {
      const verifier = yield* verifying()
      const once = request(es256)
      const all = Array.from({ length: 100 }, () => verdict(verifier, once))
      const verdicts = yield* Effect.all(all, { concurrency: "unbounded" })
      assert.lengthOf(
        verdicts.filter((each) => each === "accepted"),
        1,
      )
    }),
  )

  law("is remembered until it is too old in any case, also one from the future", () =>
    Effect.gen(function* () {
      const kept: Array<number> = []
      const put: DpopVerifierOptions["replays"]["put"] = (key, value, { expected, ttl }) => {
        assert.match(key, /^dpop:[0-9a-f]{64}$/)
        assert.deepStrictEqual([value, expected], [thumbprint(es256), null])
        kept.push(Duration.toSeconds(ttl))
        return Effect.succeed(true)
      }
      const verifier = yield* verifying({ replays: { put }, maxAge: "60 seconds", clockTolerance: "10 seconds" })
      for (const iat of [now, now - 70, now + 10]) {
        yield* verdict(verifier, request(es256, { proof: prove(es256, { claims: { iat } }) }))
      }
      assert.deepStrictEqual(kept, [71, 1, 81])
    }),
  )

  law("what is refused anyway is not remembered: nobody can use up another's proof", () =>
    Effect.gen(function* () {
      const verifier = yield* verifying()
      const claims = { jti: "the-same" }
      const [header, payload, signature] = prove(es256, { claims }).split(".")
      const forged = `${header}.${payload}.${signature?.replace(/^./, (first) => (first === "A" ? "B" : "A"))}`
      for (const other of [{ proof: forged }, { proof: prove(es256, { claims }), principal: boundTo(stranger) }]) {
        assert.notStrictEqual(yield* verdict(verifier, request(es256, other)), "accepted")
      }
      assert.strictEqual(yield* verdict(verifier, request(es256, { proof: prove(es256, { claims }) })), "accepted")
    }),
  )

  law("nobody gets in while the store cannot be asked", () =>
    Effect.gen(function* () {
      const reason = { _tag: "StoreUnavailable", operation: "put" } as const
      const verifier = yield* verifying({ replays: { put: () => Effect.fail(new StoreError({ reason })) } })
      assert.deepStrictEqual(yield* verdict(verifier, request(es256)), reason)
    }),
  )
})

describe("a nonce", () => {
  const acceptsNonce = (nonce: string) => Effect.succeed(nonce === "mine")

  law("is demanded where the API gives some, and only then looked at", () =>
    Effect.gen(function* () {
      const verifier = yield* verifying({ acceptsNonce })
      for (const nonce of [undefined, "", "old"]) {
        const reason = yield* verdict(verifier, request(es256, { proof: prove(es256, { claims: { nonce } }) }))
        assert.deepStrictEqual(reason, { _tag: "NonceDemanded" })
      }
      const good = request(es256, { proof: prove(es256, { claims: { nonce: "mine" } }) })
      assert.strictEqual(yield* verdict(verifier, good), "accepted")
      const any = request(es256, { proof: prove(es256, { claims: { nonce: "any" } }) })
      assert.strictEqual(yield* verdict(yield* verifying(), any), "accepted")
    }),
  )

  law("that is wrong does not use up the proof, and does not hide that the proof is", () =>
    Effect.gen(function* () {
      const verifier = yield* verifying({ acceptsNonce })
      const wrong = request(es256, { proof: prove(es256, { claims: { htm: "POST" } }) })
      assert.deepStrictEqual(yield* verdict(verifier, wrong), refused("is for another method (htm)"))
    }),
  )

  law("has a code and a way out", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip((yield* verifying({ acceptsNonce })).check(request(es256)))
      assert.strictEqual(error.explanation.code, "use_dpop_nonce")
      const missing = yield* Effect.flip((yield* verifying()).check(request(es256, { proof: null })))
      assert.strictEqual(missing.explanation.code, "invalid_dpop_proof")
      assert.match(missing.message, /^The DPoP proof is missing\. /)
    }),
  )
})

describe("a verifier", () => {
  const replays = { put: () => Effect.succeed(true) }
  const wrong: ReadonlyArray<readonly [field: string, options: object]> = [
    ["publicUrl", { publicUrl: "" }],
    ["publicUrl", { publicUrl: "api.example" }],
    ["publicUrl", { publicUrl: "/v1" }],
    ["publicUrl", { publicUrl: "https://api.example?a=b" }],
    ["publicUrl", { publicUrl: "ftp://api.example" }],
    ["publicUrl", { publicUrl: undefined }],
    ["replays", { replays: undefined }],
    ["algorithms", { algorithms: [] }],
    ["algorithms", { algorithms: ["none"] }],
    ["algorithms", { algorithms: ["ES256", "HS256"] satisfies ReadonlyArray<Algorithm> }],
    ["maxAge", { maxAge: "11 minutes" }],
    ["maxAge", { maxAge: "soon" }],
    ["clockTolerance", { clockTolerance: Infinity }],
  ]
  for (const [field, options] of wrong) {
    it.effect(`is not made with ${JSON.stringify(options)}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(makeDpopVerifier({ publicUrl, replays, ...options } as DpopVerifierOptions))
        assert.deepInclude(error.reason, { _tag: "InvalidOptions", field })
      }),
    )
  }
})
