import { verifiedTokenCache } from "@bearerkit/core"
import { fastJwt } from "./fast-jwt.ts"
import { type Contestant, type Effort, measure } from "./measure.ts"
import { accepted, makeOurs } from "./ours.ts"
import { type BenchResult, ours, summarise } from "./result.ts"
import { algorithms, makeCorpus } from "./tokens.ts"

/** Verifies the same 256 tokens again and again, with the caches of those who have one, as they come. */
export async function* repeatedSuite(effort: Effort): AsyncGenerator<BenchResult> {
  for (const algorithm of algorithms) {
    const corpus = await makeCorpus(algorithm)
    const verifier = await makeOurs(corpus, verifiedTokenCache())
    const checks = {
      [ours]: (token: string) => accepted(verifier.verify(token)),
      "fast-jwt": fastJwt(corpus, 1000),
    }
    for (const token of corpus.tokens) await checks[ours](token)
    const contestants = Object.entries(checks).map(([name, check]) => again(name, check, corpus.tokens))
    const samples = await measure(contestants, { ...effort, batch: corpus.tokens.length })
    yield summarise({ suite: "repeated", case: `${algorithm} repeated tokens` }, samples)
  }
}

/** Both answer at once for a token that they know, as ours does by then. */
const again = (name: string, check: (token: string) => unknown, tokens: ReadonlyArray<string>): Contestant => ({
  name,
  run: () => {
    for (const token of tokens) check(token)
  },
})
