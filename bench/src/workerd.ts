import { type Contestant, type Effort, inLongRounds, measure, type Samples } from "./measure.ts"
import { type BenchResult, limit, median, ours, summarise } from "./result.ts"
import { algorithms, makeCorpus } from "./tokens.ts"
import type { Setup, Turn } from "./worker.ts"

/**
 * Requests through `app.fetch` in workerd, many within one request that is timed from outside, beside `jose` in a
 * middleware written by hand. The request around them, and making those within it, is taken off.
 */
export async function* workerdSuite(effort: Effort): AsyncGenerator<BenchResult> {
  const { rounds, roundMs } = inLongRounds(effort)
  await using worker = await startWorker()
  for (const algorithm of algorithms) {
    const { tokens, jwk } = await makeCorpus(algorithm)
    await worker.setUp({ algorithm, tokens, jwk })
    for (const [title, app] of cases) {
      const contestants = [
        contestant(ours, worker, app),
        contestant("jose by hand", worker, "jose"),
        contestant(limit, worker, "unprotected"),
        contestant(nothing, worker, "nothing"),
      ]
      const samples = await measure(contestants, { rounds, roundMs: roundMs / 2, batch: roundMs * 8 })
      yield summarise({ suite: "workerd", case: `${algorithm} ${title} tokens` }, withoutNothing(samples))
    }
  }
}

const cases = [
  ["repeated", "remembering"],
  ["new", "ours"],
] as const

/** What all of them do besides: the request around them, and those that are made in it. */
const nothing = "nothing"

const contestant = (name: string, worker: Worker, app: Turn["app"]): Contestant => ({
  name,
  run: (count) => worker.take({ app, count }),
})

const withoutNothing = (samples: Samples): Samples => {
  const besides = median(samples.get(nothing) ?? [])
  const others = [...samples].filter(([name]) => name !== nothing)
  return new Map(others.map(([name, values]) => [name, values.map((value) => value - besides)]))
}

interface Worker extends AsyncDisposable {
  readonly setUp: (setup: Setup) => Promise<void>
  readonly take: (turn: Turn) => Promise<void>
}

/** A real workerd on this machine, which asks nobody on the network and tells nobody of its use. */
const startWorker = async (): Promise<Worker> => {
  Object.assign(process.env, { WRANGLER_SEND_METRICS: "false", CLOUDFLARE_CF_FETCH_ENABLED: "false" })
  // loaded here because it is big
  const { createTestHarness } = await import("wrangler")
  const harness = createTestHarness({ root: import.meta.dirname, workers: [{ configPath: "wrangler.jsonc" }] })
  await harness.listen()
  const post = async (path: string, body: Setup | Turn): Promise<void> => {
    const { status } = await harness.fetch(`https://bench.example${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    })
    if (status !== 200) throw new Error(`the Worker answered ${status}`)
  }
  return {
    setUp: (setup) => post("/setup", setup),
    take: (turn) => post("/take", turn),
    [Symbol.asyncDispose]: () => harness.close(),
  }
}
