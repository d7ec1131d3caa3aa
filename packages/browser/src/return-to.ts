/**
 * The path of this origin that an address names, with its query and hash; the root for any other origin, so that nobody
 * can be led elsewhere by what stands in a link.
 */
export const returnPath = (address: string, origin: string): string => {
  const url = URL.parse(address, origin)
  if (url?.origin !== origin) return "/"
  const path = url.pathname + url.search + url.hash
  return path.startsWith("//") ? "/" : path
}
