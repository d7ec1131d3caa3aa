/**
 * Whether two URLs may be of the same site. If not, that is certain; if so, only the browser knows, which has the list
 * of shared suffixes such as `co.uk`.
 *
 * @see HTML §7.1.1.1 (schemelessly same site, same site)
 */
export const maybeSameSite = (one: string, other: string): boolean => {
  const [left, right] = [new URL(one), new URL(other)]
  if (left.protocol !== right.protocol) return false
  return left.hostname === right.hostname || (isName(left) && domainOf(left) === domainOf(right))
}

const isName = ({ hostname }: URL): boolean => !/^\[|\.\d+$/.test(hostname)

const domainOf = ({ hostname }: URL): string => hostname.split(".").slice(-2).join(".")
