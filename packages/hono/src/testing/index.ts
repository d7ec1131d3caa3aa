export type { TestAlgorithm } from "@bearerkit/core/testing"
export { makeTestIssuer, type TestIssuer, type TestIssuerOptions } from "./test-issuer.ts"
export type { TestApplication } from "./sign-in.ts"
export type { TestClaims } from "./test-tokens.ts"
