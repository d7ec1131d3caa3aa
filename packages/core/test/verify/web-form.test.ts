import { expect, test, vi } from "vitest"

/** The laws of the verifier once more, over the form of `#signature` that browsers and Workers get. */
vi.mock("#signature", () => import("../../src/jws/signature.web.ts"))

await import("./access-token.test.ts")
await import("./attacks.test.ts")
await import("./dpop-binding.test.ts")
await import("./dpop-proof.test.ts")
await import("./times.test.ts")
await import("./verified-token-cache.test.ts")
await import("./verifier-options.test.ts")

test("this form is the one under test", async () => {
  const { makeSigner, mint, verifierFor } = await import("./mint.ts")
  const signer = makeSigner("HS256")
  expect((await verifierFor(signer)).verify(mint(signer))).toBeInstanceOf(Promise)
})
