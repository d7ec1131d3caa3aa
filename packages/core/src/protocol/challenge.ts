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
  let at = 0
  const next = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found !== null) at = pattern.lastIndex
    return found
  }
  while (next(separator) !== null && at < text.length) {
    const param = challenges.length === 0 ? null : next(parameter)
    if (param !== null) {
      const [, name = "", token, quoted = ""] = param
      const { params } = challenges.at(-1)!
      const key = name.toLowerCase()
      if (!Object.hasOwn(params, key)) params[key] = token ?? quoted.replace(/\\(.)/g, "$1")
      continue
    }
    const scheme = next(schemeName)?.[0]
    if (scheme === undefined) break
    challenges.push({ scheme, params: Object.create(null) as Record<string, string> })
    next(token68)
  }
  return challenges
}

/** RFC 6750 §3 allows these in `scope`, `error` and `error_description`; URLs and realms get along with them. */
const unquotable = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g

const maxLength = 8192

const separator = /[\t ,]*/y
const schemeName = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const parameter = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[\t ]*=[\t ]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)|"((?:[^"\\]|\\.)*)")/y
/** Credentials of other schemes, such as `Negotiate`: not followed by a value as a parameter would be. */
const token68 = / +[0-9A-Za-z._~+/-]+=*(?=[\t ]*(?:,|$))/y
