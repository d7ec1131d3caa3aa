/**
 * A URL in the one spelling that proofs are compared in; undefined where it is none, or has a query or fragment.
 *
 * @see RFC 9449 §4.3 item 9, RFC 3986 §6.2.2, §6.2.3
 */
export const normalUrl = (text: unknown): string | undefined => {
  if (typeof text !== "string" || /[?#\s\\]/.test(text) || !URL.canParse(text)) return undefined
  const { protocol, host, pathname, username, password } = new URL(text)
  if (username !== "" || password !== "") return undefined
  return `${protocol}//${host}${pathname.replaceAll(/%[0-9a-f]{2}/gi, normalOctet)}`
}

/** An encoding that is not needed goes, one that is needed is written with capitals. */
const normalOctet = (encoded: string): string => {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
  return /[A-Za-z0-9._~-]/.test(character) ? character : encoded.toUpperCase()
}
