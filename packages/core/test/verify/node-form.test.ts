import { describe, expect, test } from "vitest"
import { everyAlgorithm, makeSigner, mint, verifierFor } from "./mint.ts"

describe("on Node a verifier answers at once", () => {
  test.each(everyAlgorithm)("%s", async (alg) => {
    const signer = makeSigner(alg)
    const verifier = await verifierFor(signer)
    expect(verifier.verify(mint(signer))).toMatchObject({ _tag: "Success" })
    expect(verifier.verify("x")).toMatchObject({ _tag: "Failure" })
  })
})
