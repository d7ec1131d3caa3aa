/**
 * Normalises a URL for comparing proofs; `undefined` if it is not a URL, or has a query or fragment.
 *
 * @see RFC 9449 §4.3 item 9, RFC 3986 §6.2.2, §6.2.3
 */
export const normalUrl = (text: unknown): string | undefined => {
  if (typeof text !== "string" || /[?#\s\\]/.test(text) || !URL.canParse(text)) return undefined
  const { protocol, host, pathname, username, password } = new URL(text)
  if (username !== "" || password !== "") return undefined
  return `${protocol}//${host}${pathname.replaceAll(/%[0-9a-f]{2}/gi, normalOctet)}`
}

/** Decodes what need not be encoded; writes the rest with capital hex digits. */
const normalOctet = (encoded: string): string => {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
  return /[A-Za-z0-9._~-]/.test(character) ? character : encoded.toUpperCase()
}
