import { verifiedTokenCache } from "@bearerkit/hono"
import { request, unprotectedApp } from "./by-hand.ts"
import { fastJwtApp, honoJwkApp, honoJwtApp, joseApp, ourApp } from "./hono-apps.ts"
import { type Check, inFlight } from "./in-flight.ts"
import { type Effort, measure } from "./measure.ts"
import { capacity, heldBy } from "./memory.ts"
import { type BenchResult, limit, ours, summarise } from "./result.ts"
import { algorithms, type Corpus, makeCorpus } from "./tokens.ts"

/**
 * Requests through `app.fetch`, one after the other and many at a time: with the same 256 tokens again and again, beside
 * `hono/jwk` and the route without protection, and with tokens that are each new to the one who checks them.
 */
export async function* honoSuite(effort: Effort): AsyncGenerator<BenchResult> {
  for (const algorithm of algorithms) {
    const corpus = await makeCorpus(algorithm)
    if (isPublic(corpus)) yield* race(`${algorithm} repeated tokens`, repeatedApps(corpus), { corpus, effort })
    yield* race(`${algorithm} new tokens`, newApps(corpus), { corpus, effort })
  }
  yield await memory(effort)
}

/** `hono/jwk` takes no secrets. */
const isPublic = ({ algorithm }: Corpus): boolean => algorithm !== "HS256"

type Apps = Readonly<Record<string, Check>>

async function* race(
  title: string,
  apps: Apps,
  { corpus, effort: { rounds, roundMs } }: { readonly corpus: Corpus; readonly effort: Effort },
): AsyncGenerator<BenchResult> {
  for (const size of [1, 50, 500]) {
    const contestants = Object.entries(apps).map(([name, check]) => inFlight(size)(name, check, corpus.tokens))
    const samples = await measure(contestants, {
      // five hundred take as long as several rounds
      rounds: size > 50 ? rounds / 2 : rounds,
      roundMs: roundMs / 2,
      batch: Math.max(size, 50),
    })
    yield summarise({ suite: "hono", case: `${title}, ${size} in flight` }, samples)
  }
}

const repeatedApps = (corpus: Corpus): Apps => ({
  [ours]: request(ourApp(corpus, verifiedTokenCache())),
  "hono/jwk": request(honoJwkApp(corpus)),
  [limit]: request(unprotectedApp()),
})

const newApps = (corpus: Corpus): Apps => ({
  [ours]: request(ourApp(corpus)),
  ...(isPublic(corpus) && { "hono/jwk": request(honoJwkApp(corpus)) }),
  "hono/jwt": request(honoJwtApp(corpus)),
  "jose by hand": request(joseApp(corpus)),
  "fast-jwt by hand": request(fastJwtApp(corpus)),
})

/** The heap while far more tokens come than the cache may hold; flat if the spread is narrow. */
const memory = async ({ distinct }: Effort): Promise<BenchResult> => {
  const corpus = await makeCorpus("HS256")
  const samples = new Map([
    [ours, await heldBy(request(ourApp(corpus, verifiedTokenCache({ capacity }))), corpus, distinct)],
    ["fast-jwt by hand", await heldBy(request(fastJwtApp(corpus, capacity)), corpus, distinct)],
  ])
  const title = `heap after ${distinct.toLocaleString("en")} distinct tokens`
  return { ...summarise({ suite: "hono", case: title }, samples), unit: "MB" }
}
