/**
 * The names and values of a `Cookie` header, in order. Malformed pairs are skipped, and a header longer than servers
 * accept counts as empty.
 *
 * @see RFC 6265 §4.2.1
 */
export const cookiePairs = (header: string | null | undefined): ReadonlyArray<readonly [name: string, value: string]> =>
  header === null || header === undefined || header.length > maxLength
    ? []
    : [...header.matchAll(/[^;]+/g)].flatMap(([text]) => {
        const [, name, value] = cookiePair.exec(text) ?? []
        return name === undefined || value === undefined ? [] : [[name, value] as const]
      })

const maxLength = 64 * 1024

// Strips spaces and tabs only, as browsers do. `trim` would strip more: a neighbouring domain could set
// `\u00a0__Host-session`, in which the browser sees no prefix, and it would count as ours here.
const cookiePair = /^[ \t]*([\w!#$%&'*+.^`|~-]+)=([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*)[ \t]*$/
