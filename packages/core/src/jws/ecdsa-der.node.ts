/**
 * An ECDSA signature in JOSE's form, r and s of equal length (RFC 7518 §3.4), converted to the form that OpenSSL reads
 * (RFC 3279 §2.2.3).
 */
export const derOf = (signature: Uint8Array): Uint8Array => {
  const half = signature.length / 2
  const r = numberIn(signature, 0, half)
  const s = numberIn(signature, half, signature.length)
  const content = r.length + s.length + 4
  const isLong = content >= 0x80
  // of the pool of buffers: the memory of a small array is moved before OpenSSL may read it
  const der = Buffer.allocUnsafe(content + (isLong ? 3 : 2))
  let at = 0
  der[at++] = sequence
  if (isLong) der[at++] = 0x81
  der[at++] = content
  for (const number of [r, s]) {
    der[at++] = integer
    der[at++] = number.length
    if (number.padded) der[at++] = 0
    for (let from = number.start; from < number.end; from++) der[at++] = signature[from] ?? 0
  }
  return der
}

const sequence = 0x30
const integer = 0x02

/** Without leading zeros, but for one that keeps a number whose first bit is set from being negative. */
const numberIn = (bytes: Uint8Array, from: number, end: number) => {
  let start = from
  while (start < end - 1 && bytes[start] === 0) start++
  const padded = (bytes[start] ?? 0) >= 0x80
  return { start, end, padded, length: end - start + (padded ? 1 : 0) }
}
