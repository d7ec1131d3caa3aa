import { decodings } from "../http/decodings.ts"

/**
 * Where a person may be sent back to: path, query and hash of the application itself, as spelled. Whatever some browser
 * could read as another host is refused.
 *
 * @param origin the application's own
 * @see RFC 9700 §4.11 (open redirectors)
 */
export const ownPath = (address: string | null | undefined, origin: string): string | undefined => {
  if (address === null || address === undefined || address.length > maxLength || !isPlain(address)) return undefined
  const url = URL.parse(address, origin)
  if (url === null || url.origin !== origin || url.username !== "" || url.password !== "") return undefined
  return staysHere(url.pathname) ? `${url.pathname}${url.search}${url.hash}` : undefined
}

const maxLength = 2048

/** A path or a URL with a scheme, without characters that browsers drop or turn into a slash. */
const isPlain = (address: string): boolean => /^(?:\/|https?:\/\/)[\x21-\x5b\x5d-\x7e\u00a1-\uffff]*$/i.test(address)

const staysHere = (pathname: string): boolean => decodings(pathname)?.every((path) => !path.startsWith("//")) === true
