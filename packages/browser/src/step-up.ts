import { makeRunner, requestParts, signalOf, type StepUp, stepUpOf, toBearerError } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import type { BrowserClient } from "./client.ts"
import { notWhoAsked } from "./login-keeper.ts"
import type { Arrival } from "./options.ts"
import { parseResumable, type ResumableRequest, resumableOf } from "./resumable-request.ts"

/** A request that was sent again after a login, and its response. */
export interface Resumed {
  readonly request: ResumableRequest
  readonly response: Response
}

/** Calls APIs, and sends the person to the login that an API requires. */
export interface SteppingUp {
  /**
   * The client's `fetch`. If the response requires another login, the person is sent to it, and this request is kept
   * with the others under way. `resumed` sends them after the login, if the same person is back. A request with a body
   * is sent again only if the body is a string; together the kept requests have 65,536 characters at most. A page that
   * is still open after half a minute gets the response. If the login failed or was not enough, the next response with
   * the same requirement is returned.
   */
  readonly fetch: BrowserClient["fetch"]
  /** Sends the next kept request after the login of this page, each once; `undefined` if none is left. */
  readonly resumed: () => Promise<Resumed | undefined>
}

/**
 * Adds step-up to the calls of a client: if an API requires another login, the person is sent to it.
 *
 * @see RFC 9470
 */
export const steppingUp = (client: BrowserClient): SteppingUp => {
  const { run } = makeRunner(Effect.context<never>())
  /** The requests that wait for the next login: all that are made before the page is left. */
  let leaving: Array<Waiting> = []
  let arriving: Promise<Arrived> | undefined

  const arrived = (): Promise<Arrived> => {
    arriving ??= client.ready().then(arrivedOf)
    return arriving
  }
  const who = (): string | undefined => client.state().claims?.sub

  const send = async ({ asked }: Arrived, url: string | URL, init: RequestInit) => {
    const response = await client.fetch(url, init)
    const [demand, name] = [stepUpOf(response), nameOf(url, init)]
    if (demand === undefined) asked.delete(name)
    // the issuer has done what it does: asking again would lead in a circle, for whatever request
    return { response, demand: [...asked.values()].includes(JSON.stringify(demand)) ? undefined : demand }
  }

  const resumed = async (): Promise<Resumed | undefined> => {
    const here = await arrived()
    const next = here.queue.shift()
    if (next === undefined) return undefined
    const { request, sub } = next
    if (sub === undefined || sub !== who()) return resumed()
    const { url, ...init } = request
    return { request, response: (await send(here, url, init)).response }
  }

  return {
    fetch: async (input, options) => {
      const caller = who()
      const [url, init = {}] = await run(requestParts(input, options), { signal: signalOf(input, options) })
      const together = leaving
      const here = await arrived()
      const sub = who()
      if (caller !== undefined && caller !== sub) throw toBearerError(notWhoAsked())
      const { response, demand } = await send(here, url, init)
      if (demand === undefined) return response
      const request = resumableOf(url, init, maxLength - JSON.stringify(together).length)
      const waiting = { request, demand, sub: request.body === (init.body ?? undefined) ? sub : undefined }
      together.push(waiting)
      try {
        await client.login(Object.assign({ resume: { waiting: together } }, ...together.map(({ demand }) => demand)))
      } catch (error) {
        together.splice(together.indexOf(waiting), 1)
        throw error
      }
      // the browser may show this page again, and what is called then is another matter
      if (leaving === together) leaving = []
      return left(init.signal, response)
    },
    resumed,
  }
}

interface Waiting {
  readonly request: ResumableRequest
  readonly demand: StepUp
  /**
   * The subject for whom it is sent again; `undefined` if the caller is not known or the request could not be kept
   * whole.
   */
  readonly sub: string | undefined
}

interface Arrived {
  /** The requests that are still to be sent. */
  readonly queue: Array<Waiting>
  /** The requirements that led to the login of this page, by request, until the request is answered without one. */
  readonly asked: Map<string, string>
}

const arrivedOf = ({ callback, resume }: Arrival): Arrived => {
  const { waiting } = Object(resume) as { readonly waiting?: unknown }
  const all = Array.isArray(waiting) ? waiting.flatMap(parseWaiting) : []
  const asked = new Map(all.map(({ request, demand }) => [nameOf(request.url, request), JSON.stringify(demand)]))
  return { queue: callback === "completed" ? [...all] : [], asked }
}

const parseWaiting = (value: unknown): ReadonlyArray<Waiting> => {
  const { request, demand, sub } = Object(value) as Waiting
  const parsed = parseResumable(request)
  return parsed === undefined ? [] : [{ request: parsed, demand, sub }]
}

const nameOf = (url: string | URL, { method = "GET" }: Pick<RequestInit, "method">): string => `${method} ${url}`

const maxLength = 65_536

/** Waits while the page is left: rejects when the signal aborts, and resolves if the page stays. */
const left = (signal: AbortSignal | null | undefined, response: Response): Promise<Response> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    signal?.addEventListener("abort", () => reject(signal.reason))
    setTimeout(resolve, patience, response)
  })

/** Milliseconds after which a page that is still open counts as kept. */
const patience = 30_000
