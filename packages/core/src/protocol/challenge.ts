/** One challenge of a 401 or 403 answer (RFC 9110 §11.6.1). */
export interface Challenge {
  /** As written by the server; compare it case-insensitively. */
  readonly scheme: string
  /** By name; names are in lower case when parsed. */
  readonly params: Readonly<Record<string, string>>
}

/**
 * The value of a `WWW-Authenticate` header. All parameters are quoted; a character that is not allowed becomes a
 * question mark.
 *
 * @see RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC 9728 §5.1
 */
export const formatChallenge = ({ scheme, params }: Challenge): string => {
  const written = Object.entries(params).map(([name, value]) => `${name}="${value.replace(unquotable, "?")}"`)
  return written.length === 0 ? scheme : `${scheme} ${written.join(", ")}`
}

/**
 * Parses `WWW-Authenticate`, several headers joined by commas; of a malformed header, the challenges before the error.
 * Of repeated parameters the first counts.
 *
 * @see RFC 9110 §11.2 and §11.6.1
 */
export const parseChallenges = (header: string | null): ReadonlyArray<Challenge> => {
  const challenges: Array<{ readonly scheme: string; readonly params: Record<string, string> }> = []
  const text = (header ?? "").slice(0, maxLength)
  const part = new RegExp(grammar, "y")
  for (let found = part.exec(text); found !== null; found = part.exec(text)) {
    const [, name, token, quoted = "", scheme] = found
    const params = challenges.at(-1)?.params
    if (scheme !== undefined) challenges.push({ scheme, params: Object.create(null) as Record<string, string> })
    else if (name === undefined || params === undefined) break
    else params[name.toLowerCase()] ??= token ?? quoted.replace(/\\(.)/g, "$1")
  }
  return challenges
}

/** RFC 6750 §3 allows the others in `scope`, `error` and `error_description`; they suffice for URLs and realms. */
const unquotable = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g

const maxLength = 8192

/**
 * A parameter, or a scheme; token68 credentials after a scheme, such as those of `Negotiate`, have no value like a
 * parameter.
 */
const grammar =
  /[\t ,]*(?:([!#-'*+.0-9A-Z^-z|~-]+)[\t ]*=[\t ]*(?:([!#-'*+.0-9A-Z^-z|~-]+)|"((?:[^"\\]|\\.)*)")|([!#-'*+.0-9A-Z^-z|~-]+)(?: +[\w.~+/-]+=*(?=[\t ]*(?:,|$)))?)/
