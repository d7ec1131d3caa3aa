import * as Base64Url from "effect/encoding/Base64Url"
import { decodeBase64Url } from "#signature"

/** A parsed sealed value. */
export interface Sealed {
  readonly keyId: string
  readonly nonce: Uint8Array<ArrayBuffer>
  /** With its tag of 128 bits. */
  readonly ciphertext: Uint8Array<ArrayBuffer>
}

/** A sealed value as text: `1.<key id>.<nonce>.<ciphertext>`, the bytes in base64url. */
export const formatSealed = ({ keyId, nonce, ciphertext }: Sealed): string =>
  [format, keyId, Base64Url.encode(nonce), Base64Url.encode(ciphertext)].join(".")

/** The inverse of `formatSealed`; `undefined` for any other text, including another encoding of the same bytes. */
export const parseSealed = (text: string): Sealed | undefined => {
  const [written, keyId, nonceText, ciphertextText, ...more] = text.split(".", 5)
  if (written !== format || !keyId || nonceText === undefined || ciphertextText === undefined) return undefined
  const nonce = bytesOf(nonceText)
  const ciphertext = bytesOf(ciphertextText)
  if (more.length > 0 || nonce?.length !== nonceBytes || ciphertext === undefined) return undefined
  return { keyId, nonce, ciphertext }
}

/** The additional data of a sealed value: the format, the key's id and the store key. */
export const boundTo = (keyId: string, storeKey: string): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify(["bearerkit encrypted store", format, keyId, storeKey]))

/** 96 bits (NIST SP 800-38D §8.2.2). */
export const nonceBytes = 12

const format = "1"

/** One spelling for the same bytes. */
const bytesOf = (text: string): Uint8Array<ArrayBuffer> | undefined => {
  const bytes = decodeBase64Url(text)
  return bytes && new Uint8Array(bytes)
}
