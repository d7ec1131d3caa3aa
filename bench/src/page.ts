import { isBrowserAvailable, startBrowser } from "@bearerkit/services"
import { type Effort, inLongRounds, type Samples } from "./measure.ts"
import type { PageWindow } from "./page/window.ts"
import { startPageWorld } from "./page/world.ts"
import { type BenchResult, limit, summarise } from "./result.ts"

/**
 * A token at hand in a page, of an application that is signed in with both: a Vue plugin of ours, and auth0-spa-js. The
 * limit is a tenth of the peer's time.
 */
export async function* pageSuite(effort: Effort): AsyncGenerator<BenchResult> {
  const state = isBrowserAvailable()
  if (!state.available) return void process.stderr.write(`page: skipped, ${state.why}; to get it: ${state.how}\n`)
  await using browser = await startBrowser()
  await using world = await startPageWorld()
  const page = await world.signedIn(browser)
  const { rounds, roundMs } = inLongRounds(effort)
  const measured = await page.evaluate(
    async (options) => [...(await (globalThis as unknown as PageWindow).bench(options))],
    { rounds, roundMs, batch: 200 },
  )
  yield summarise({ suite: "page", case: "token at hand" }, withLimit(new Map(measured)))
}

/** The name under which the page measures the peer. */
const peer = "auth0-spa-js"

const withLimit = (samples: Samples): Samples =>
  new Map([...samples, [limit, (samples.get(peer) ?? []).map((each) => each / 10)]])
