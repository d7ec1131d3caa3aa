/**
 * The names and values of a `Cookie` header, in its order. What is not a pair by the grammar is left out, and a header
 * longer than servers take counts as empty.
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

// Spaces and tabs alone are taken away, as browsers do: where more goes, such as by `trim`, a neighbouring domain sets
// `\u00a0__Host-session`, in which its browser sees no prefix, and it would count as ours here.
const cookiePair = /^[ \t]*([\w!#$%&'*+.^`|~-]+)=([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*)[ \t]*$/
