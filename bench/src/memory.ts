import { verifiedTokenCache } from "@bearerkit/core"
import { delegatedMemory } from "./delegated.ts"
import { fastJwt } from "./fast-jwt.ts"
import { heap } from "./heap.ts"
import type { Check } from "./in-flight.ts"
import { type Effort, inLongRounds } from "./measure.ts"
import { accepted, makeOurs } from "./ours.ts"
import { type BenchResult, ours, summarise } from "./result.ts"
import { type Corpus, makeCorpus, signDistinct } from "./tokens.ts"

/**
 * The heap that a cache of ten thousand tokens holds while many more go through it, flat if the spread is narrow; and what
 * ten thousand subjects cost a client that acts for them.
 */
export async function* memorySuite(effort: Effort): AsyncGenerator<BenchResult> {
  const { distinct, rounds } = inLongRounds(effort)
  const corpus = await makeCorpus("HS256")
  const verifier = await makeOurs(corpus, verifiedTokenCache({ capacity }))
  const samples = new Map([
    [ours, await heldBy((token) => accepted(verifier.verify(token)), corpus, distinct)],
    ["fast-jwt", await heldBy(fastJwt(corpus, capacity), corpus, distinct)],
  ])
  const title = `heap after ${distinct.toLocaleString("en")} distinct tokens`
  yield { ...summarise({ suite: "memory", case: title }, samples), unit: "MB" }
  yield await delegatedMemory(Math.min(5, rounds))
}

/** How many tokens a cache may hold whose memory is looked at. */
export const capacity = 10_000

/** Megabytes, up to ten times on the way, the first when the cache is full. */
export const heldBy = async (check: Check, corpus: Corpus, distinct: number): Promise<ReadonlyArray<number>> => {
  const sign = signDistinct(corpus)
  const looks = Math.min(10, distinct / capacity)
  const before = heap()
  const held: Array<number> = []
  while (held.length < looks) {
    for (let n = 0; n < distinct / looks; n++) await check(sign())
    held.push((heap() - before) / 1e6)
  }
  return held
}
