/**
 * The path, query and hash of a URL of this origin; `/` for any other origin, so that no link leads a person elsewhere.
 */
export const returnPath = (address: string, origin: string): string => {
  const url = URL.parse(address, origin)
  if (url?.origin !== origin) return "/"
  const path = url.pathname + url.search + url.hash
  return path.startsWith("//") ? "/" : path
}
