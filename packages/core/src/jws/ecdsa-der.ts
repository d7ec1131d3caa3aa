/**
 * An ECDSA signature as JOSE writes it, r and s of equal length (RFC 7518 §3.4), in the form that OpenSSL reads
 * (RFC 3279 §2.2.3).
 */
export const derOf = (signature: Uint8Array): Uint8Array => {
  const half = signature.length / 2
  const r = significant(signature, 0, half)
  const s = significant(signature, half, signature.length)
  const content = r.length + s.length + padding(r) + padding(s) + 4
  const header = content < 0x80 ? [sequence, content] : [sequence, 0x81, content]
  const der = new Uint8Array(header.length + content)
  der.set(header)
  writeInteger(der, writeInteger(der, header.length, r), s)
  return der
}

const sequence = 0x30
const integer = 0x02

const significant = (bytes: Uint8Array, start: number, end: number): Uint8Array => {
  let from = start
  while (from < end - 1 && bytes[from] === 0) from++
  return bytes.subarray(from, end)
}

/** A leading zero keeps a number whose first bit is set from being negative. */
const padding = (number: Uint8Array): number => ((number[0] ?? 0) & 0x80 ? 1 : 0)

const writeInteger = (der: Uint8Array, at: number, number: Uint8Array): number => {
  const start = at + 2 + padding(number)
  der[at] = integer
  der[at + 1] = number.length + padding(number)
  der.set(number, start)
  return start + number.length
}
