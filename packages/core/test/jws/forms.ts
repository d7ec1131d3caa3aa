import type { Algorithm } from "../../src/jws/algorithm.ts"
import type { CheckSignature, PublicJwk } from "../../src/jws/signature-key.ts"
import * as node from "../../src/jws/signature.node.ts"
import * as web from "../../src/jws/signature.web.ts"

/** What both forms of `#signature` offer. */
export interface SignatureForm {
  readonly decodeBase64Url: (text: string) => Uint8Array | undefined
  readonly decodeUtf8: (bytes: Uint8Array) => string | undefined
  readonly sha256: (text: string, encoding?: "base64url" | "hex") => string | Promise<string>
  readonly importSecret: (secret: Uint8Array, algorithm: Algorithm) => CheckSignature | Promise<CheckSignature>
  readonly importPublicKey: (jwk: PublicJwk, algorithm: Algorithm) => CheckSignature | Promise<CheckSignature>
}

export const forms: ReadonlyArray<readonly [string, SignatureForm]> = [
  ["node:crypto", node],
  ["WebCrypto", web],
]

export const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64url")

/** A compact JWS as this form judges it, at the level of JWS: its payload may be anything. */
export const judge = async (form: SignatureForm, key: JwsKey, parsed: ParsedJws): Promise<boolean> => {
  const check = await importKey(form, key, parsed.header.alg as Algorithm)
  return check(parsed.signingInput, parsed.signature)
}

export interface JwsKey {
  readonly kty: string
  readonly k?: string
  readonly [member: string]: unknown
}

interface ParsedJws {
  readonly header: { readonly alg: string }
  readonly signingInput: string
  readonly signature: Uint8Array
}

const importKey = (form: SignatureForm, key: JwsKey, algorithm: Algorithm) =>
  key.kty === "oct"
    ? form.importSecret(Buffer.from(key.k ?? "", "base64url"), algorithm)
    : form.importPublicKey(key as unknown as PublicJwk, algorithm)
