/** One way in that a server offers with a 401 or 403 (RFC 9110 §11.6.1). */
export interface Challenge {
  /** As it was written; compare without regard to case. */
  readonly scheme: string
  /** By name, in lower case where they were parsed. */
  readonly params: Readonly<Record<string, string>>
}

/**
 * The value of a `WWW-Authenticate` header. All parameters are quoted; a character that none of them may have becomes a
 * question mark.
 *
 * @see RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC 9728 §5.1
 */
export const formatChallenge = ({ scheme, params }: Challenge): string => {
  const written = Object.entries(params).map(([name, value]) => `${name}="${value.replace(unquotable, "?")}"`)
  return written.length === 0 ? scheme : `${scheme} ${written.join(", ")}`
}

/**
 * The challenges of `WWW-Authenticate` headers, several joined by commas; of a header that is not well formed those
 * before the mistake. The first of several parameters of one name counts.
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

/** RFC 6750 §3 allows these in `scope`, `error` and `error_description`; URLs and realms get along with them. */
const unquotable = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g

const maxLength = 8192

/**
 * A parameter, or a scheme; the credentials that may follow one, such as those of `Negotiate`, are not followed by a value
 * as a parameter would be.
 */
const grammar =
  /[\t ,]*(?:([!#-'*+.0-9A-Z^-z|~-]+)[\t ]*=[\t ]*(?:([!#-'*+.0-9A-Z^-z|~-]+)|"((?:[^"\\]|\\.)*)")|([!#-'*+.0-9A-Z^-z|~-]+)(?: +[\w.~+/-]+=*(?=[\t ]*(?:,|$)))?)/
