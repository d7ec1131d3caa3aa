/**
 * Whether text is canonical base64url: not empty, its alphabet only, no padding, unused bits zero. Every other text that a lenient
 * decoder reads as the same bytes is another spelling of them.
 *
 * @see RFC 7515 §2, RFC 4648 §3.5
 */
export const isBase64Url = (text: string): boolean => {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return false
  const spare = unusedBits[text.length % 4] ?? 0
  return spare === 0 || (alphabet.indexOf(text.charAt(text.length - 1)) & spare) === 0
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

/** The bits of the last character that carry nothing, by the length of the last group. */
const unusedBits = [0, 0, 0b1111, 0b11]
