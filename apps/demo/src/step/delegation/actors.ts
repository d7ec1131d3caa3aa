/** Who acts, the current actor first (RFC 8693 §4.1). */
export const actorsOf = (claims: Readonly<Record<string, unknown>>): ReadonlyArray<string> => {
  const act = claims["act"] as Readonly<Record<string, unknown>> | undefined
  return act === undefined ? [] : [String(act["sub"]), ...actorsOf(act)]
}
