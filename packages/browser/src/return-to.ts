/**
 * The path of this origin that an address names, with its query and hash; the root for any other origin, so that nobody
 * can be led elsewhere by what stands in a link.
 */
export const returnPath = (address: string, origin: string): string => {
  if (!URL.canParse(address, origin)) return "/"
  const url = new URL(address, origin)
  const path = url.pathname + url.search + url.hash
  return url.origin === origin && !path.startsWith("//") ? path : "/"
}
