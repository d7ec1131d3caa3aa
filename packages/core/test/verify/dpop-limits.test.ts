import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { makeSigner } from "./mint.ts"
import { law, prove, refused, request, verdict, verifying } from "./prove.ts"

const es256 = makeSigner("ES256")
const longest = 8192

/** A proof of exactly so many characters: three of the payload are four of the proof. */
const proofOf = (length: number): string => {
  const padded = (pad: number) => prove(es256, { claims: { jti: "a", pad: "x".repeat(pad) } })
  const about = Math.floor(((length - padded(0).length) * 3) / 4)
  const proof = [about - 1, about, about + 1].map(padded).find((each) => each.length === length)
  return proof ?? assert.fail(`no proof has ${length} characters`)
}

describe("the limits of a proof", () => {
  law("one of 8192 characters is accepted, one of more is not", () =>
    Effect.gen(function* () {
      const verifier = yield* verifying()
      assert.strictEqual(yield* verdict(verifier, request(es256, { proof: proofOf(longest) })), "accepted")
      const longer = yield* verdict(verifier, request(es256, { proof: proofOf(longest + 2) }))
      assert.deepStrictEqual(longer, refused(`is longer than ${longest} characters`))
    }),
  )

  law("a jti may have 256 characters", () =>
    Effect.gen(function* () {
      const proof = prove(es256, { claims: { jti: "j".repeat(256) } })
      assert.strictEqual(yield* verdict(yield* verifying(), request(es256, { proof })), "accepted")
    }),
  )

  for (const url of ["http://[", "orders", ""]) {
    law(`no proof is for a request to ${JSON.stringify(url)}, not even one that says the same`, () =>
      Effect.gen(function* () {
        const verifier = yield* verifying()
        for (const htu of [url, undefined, "https://api.example/orders"]) {
          const proof = prove(es256, { claims: { htu } })
          const reason = yield* verdict(verifier, request(es256, { proof, url }))
          assert.deepStrictEqual(reason, refused("is for another URL (htu)"))
        }
      }),
    )
  }
})
