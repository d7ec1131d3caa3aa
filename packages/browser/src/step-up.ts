import { type StepUp, stepUpOf } from "@bearerkit/core"
import type { BrowserClient } from "./client.ts"
import type { Arrival } from "./options.ts"
import { parseResumable, type ResumableRequest, resumableOf } from "./resumable-request.ts"

/** A request that waited for another login, and the answer to it. */
export interface Resumed {
  readonly request: ResumableRequest
  readonly response: Response
}

/** Calls APIs, and has the person sign in again where an API demands it. */
export interface SteppingUp {
  /**
   * As the client's `fetch`. Where the answer demands another login (RFC 9470) the person is sent to it, and the request,
   * if it can be kept, waits: it goes out again when `resumed` is called after the login. The promise of a page that is
   * left stays pending.
   */
  readonly fetch: BrowserClient["fetch"]
  /** Sends the request that waited for the login of this page, once however often it is called; nothing if none did. */
  readonly resumed: () => Promise<Resumed | undefined>
}

/** @see RFC 9470 */
export const steppingUp = (client: BrowserClient): SteppingUp => {
  let resuming: Promise<Resumed | undefined> | undefined

  const resume = async (): Promise<Resumed | undefined> => {
    const { request } = waitingOf(await client.ready()) ?? {}
    if (request === undefined) return undefined
    const { url, ...init } = request
    return { request, response: await client.fetch(url, init) }
  }

  return {
    fetch: async (url, init = {}) => {
      const response = await client.fetch(url, init)
      const demand = stepUpOf(response)
      const request = demand && resumableOf(url, init)
      if (demand === undefined || request === undefined) return response
      const waiting: Waiting = { request, demand }
      // the issuer has done what it does: asking again would lead in a circle
      if (isSame(waitingOf(await client.ready()), waiting)) return response
      await response.body?.cancel()
      await client.login({ ...demand, resume: waiting })
      return left(init.signal)
    },
    resumed: () => {
      resuming ??= resume()
      return resuming
    },
  }
}

interface Waiting {
  readonly request: ResumableRequest
  readonly demand: StepUp
}

/** What waited for the login that this page has just seen. */
const waitingOf = ({ callback, resume }: Arrival): Waiting | undefined => {
  if (callback !== "completed" || typeof resume !== "object" || resume === null) return undefined
  const { request, demand } = resume as Readonly<Record<string, unknown>>
  const parsed = parseResumable(request)
  return parsed && { request: parsed, demand: demand as StepUp }
}

const isSame = (one: Waiting | undefined, other: Waiting): boolean =>
  JSON.stringify([one?.request, one?.demand]) === JSON.stringify([other.request, other.demand])

/** The page is being left; only who gives up hears of it. */
const left = (signal: AbortSignal | null | undefined): Promise<never> =>
  new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true })
  })
