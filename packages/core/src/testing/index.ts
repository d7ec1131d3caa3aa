export { claimsIn, makeTestSigner, type TestAlgorithm, type TestSigner } from "./test-signer.ts"
