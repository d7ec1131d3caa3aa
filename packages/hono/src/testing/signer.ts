/** Signs tokens with a key of its own. */
export interface Signer {
  /** Claims that are undefined are left out. */
  readonly sign: (typ: string, claims: object) => Promise<string>
  /** The public key as a JWK Set (RFC 7517 §5). */
  readonly jwks: { readonly keys: ReadonlyArray<object> }
}

export type TestAlgorithm = keyof typeof algorithms

export const makeSigner = async (alg: TestAlgorithm): Promise<Signer> => {
  const algorithm = algorithms[alg]
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
  const header = { alg, kid: "test" }
  const published = { ...(await crypto.subtle.exportKey("jwk", publicKey)), ...header, key_ops: ["verify"], use: "sig" }
  return {
    sign: async (typ, claims) => {
      const content = `${encoded({ ...header, typ })}.${encoded(claims)}`
      const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(content))
      return `${content}.${base64url(new Uint8Array(signature))}`
    },
    jwks: { keys: [published] },
  }
}

/** What a token says that one of these signers has signed. */
export const claimsIn = (token: string): Readonly<Record<string, unknown>> => {
  const [, payload = ""] = token.split(".")
  const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"))
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (byte) => byte.charCodeAt(0)))) as never
}

const algorithms = {
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  RS256: {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
}

const encoded = (value: object): string => base64url(new TextEncoder().encode(JSON.stringify(value)))

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "")
