export { type Law, LawBroken } from "./law.ts"
export { lockLaws } from "./lock-laws.ts"
export { claimsIn, makeTestSigner, type TestAlgorithm, type TestSigner } from "./test-signer.ts"
export { type StoreLawsOptions, tokenStoreLaws } from "./token-store-laws.ts"
