import { verifiedTokenCache } from "@bearerkit/core"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { fastJwt } from "./fast-jwt.ts"
import type { Check } from "./in-flight.ts"
import type { Effort } from "./measure.ts"
import { accepted, makeOurs } from "./ours.ts"
import { type BenchResult, ours, summarise } from "./result.ts"
import { type Corpus, makeCorpus, signDistinct } from "./tokens.ts"

/** The heap that a cache of ten thousand tokens holds while many more go through it; flat if the spread is narrow. */
export async function* memorySuite({ distinct }: Effort): AsyncGenerator<BenchResult> {
  const corpus = await makeCorpus("HS256")
  const verifier = await makeOurs(corpus, verifiedTokenCache({ capacity }))
  const samples = new Map([
    [ours, await heldBy((token) => accepted(verifier.verify(token)), corpus, distinct)],
    ["fast-jwt", await heldBy(fastJwt(corpus, capacity), corpus, distinct)],
  ])
  const title = `heap after ${distinct.toLocaleString("en")} distinct tokens`
  yield { ...summarise({ suite: "memory", case: title }, samples), unit: "MB" }
}

/** How many tokens a cache may hold whose memory is looked at. */
export const capacity = 10_000
const looks = 10

/** Megabytes, ten times on the way, the first when the cache is full. */
export const heldBy = async (check: Check, corpus: Corpus, distinct: number): Promise<ReadonlyArray<number>> => {
  const sign = signDistinct(corpus)
  const before = heap()
  const held: Array<number> = []
  while (held.length < looks) {
    for (let n = 0; n < distinct / looks; n++) await check(sign())
    held.push(heap() - before)
  }
  return held
}

const heap = (): number => {
  collectGarbage()
  return process.memoryUsage().heapUsed / 1e6
}

setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc") as () => void
