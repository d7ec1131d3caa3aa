import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from "jose"

/** An algorithm that a test can sign with. */
export type TestAlgorithm = "ES256" | "RS256"

/** Signs the tokens of a test with a key of its own. */
export interface TestSigner {
  /** Omits claims that are undefined. */
  readonly sign: (typ: string, claims: object) => Promise<string>
  /** The public key as a JWK Set (RFC 7517 §5). */
  readonly jwks: { readonly keys: ReadonlyArray<object> }
}

/** Makes a signer with a new key. */
export const makeTestSigner = async (alg: TestAlgorithm): Promise<TestSigner> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const header = { alg, kid: "test" }
  return {
    sign: (typ, claims) => new SignJWT({ ...claims }).setProtectedHeader({ ...header, typ }).sign(privateKey),
    jwks: { keys: [{ ...(await exportJWK(publicKey)), ...header, use: "sig" }] },
  }
}

/** The claims of a token that a test has signed. */
export const claimsIn = (token: string): Readonly<Record<string, unknown>> => decodeJwt(token)
