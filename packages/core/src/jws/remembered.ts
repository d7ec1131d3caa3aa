import { putNewest } from "../model/put-newest.ts"

/**
 * Memoises a function of short texts: its last hundred answers, if `keep` wants them. An answer is shared by all
 * callers, so it must not be mutated.
 */
export const remembered = <A>(ask: (text: string) => A, keep: (answer: A) => boolean): ((text: string) => A) => {
  const known = new Map<string, Entry<A>>()
  let last: Entry<A> | undefined
  const remember = (text: string, answer: A): void => {
    last = { text: detached(text), answer }
    putNewest(known, [last.text, last], capacity)
  }
  return (text) => {
    // Most texts equal the previous one, and comparing is faster than hashing.
    if (text === last?.text) return last.answer
    const hit = known.get(text)
    if (hit !== undefined) {
      last = hit
      return hit.answer
    }
    const answer = ask(text)
    if (text.length <= longest && keep(answer)) remember(text, answer)
    return answer
  }
}

interface Entry<A> {
  readonly text: string
  readonly answer: A
}

const capacity = 100
const longest = 1024

/** A copy: a slice would keep the whole text in memory. */
export const detached = (slice: string): string => JSON.parse(JSON.stringify(slice)) as string
