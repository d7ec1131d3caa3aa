/**
 * Whether two addresses may be of one site. Where not, that is certain; whether they are is known to the browser alone,
 * which has the list of the names that many people share, such as `co.uk`.
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
