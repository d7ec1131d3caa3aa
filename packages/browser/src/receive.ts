import {
  AcquireError,
  type Client,
  type Discovery,
  type Http,
  Login,
  parseCallback,
  type StoreError,
  type Target,
  type TargetInput,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import type { BrowserFlow } from "./flow.ts"
import type { Page } from "./page.ts"
import type { PendingLogin, PendingLogins } from "./pending-login.ts"

export interface Receiving {
  readonly page: Page
  readonly client: Client
  readonly flow: BrowserFlow
  readonly redirectUri: string
  readonly pending: PendingLogins
}

/** What the address of a page turned out to be. */
export interface Received {
  /**
   * `none`: no answer of this issuer; the address is untouched. `replayed`: one that was used before. `completed`:
   * somebody has signed in. `failed`: the issuer refused, or the answer is not to be believed.
   */
  readonly callback: "completed" | "failed" | "none" | "replayed"
  readonly error?: AcquireError | StoreError
  /** Where the person wanted to go: a path of this origin. */
  readonly returnTo?: string
  /** What `login` was given to be resumed. */
  readonly resume?: unknown
}

/**
 * Completes a login if the address is the answer to one that this tab began. The address is cleaned before anything of it
 * is used, and shows where the person wanted to go once they are signed in.
 */
export const receive: (receiving: Receiving) => Effect.Effect<Received, never, Discovery | Http | Login> =
  Effect.fnUntraced(
    function* (receiving) {
      const { page, client, flow, redirectUri, pending } = receiving
      const url = page.url()
      if (!isAt(url, redirectUri)) return none
      const callback = parseCallback(url, flow.responseMode)
      if (!("state" in callback)) return none
      const found = callback.state === undefined ? undefined : yield* pending.take(callback.state)
      if (found === undefined && callback.issuer !== client.issuer) return none
      page.show(cleaned(url, flow.responseMode))
      if (found === undefined) return yield* unexpected
      if (found._tag === "Used") return shown(page, { callback: "replayed", returnTo: found.returnTo })
      return yield* complete(receiving, url, found.login)
    },
    Effect.catch((error) => Effect.succeed<Received>({ callback: "failed", error })),
  )

const none: Received = { callback: "none" }

const complete = Effect.fnUntraced(function* ({ page, client, flow }: Receiving, url: URL, login: PendingLogin) {
  const { transaction, returnTo, resume } = login
  const clean = page.url().href
  const completed = flow
    .complete(client, { transaction, callback: url })
    .pipe(Effect.flatMap(({ tokens }) => Login.use((login) => login.begin(tokens, inputOf(transaction.target)))))
  return yield* Effect.match(completed, {
    onFailure: (error): Received => ({ callback: "failed", error, returnTo, resume }),
    onSuccess: () => {
      const received: Received = { callback: "completed", returnTo, resume }
      // meanwhile the application may have gone elsewhere
      return page.url().href === clean ? shown(page, received) : received
    },
  })
})

/** An answer of our issuer that nobody here waits for: the page was loaded again, or a link brought it. */
const unexpected = /*#__PURE__*/ Effect.gen(function* () {
  if ((yield* Login.use((login) => login.current)) !== undefined) return { callback: "replayed" } satisfies Received
  const reason = { _tag: "CallbackRefused", problem: "state", detail: "was not waited for in this tab" } as const
  return { callback: "failed", error: new AcquireError({ reason }) } satisfies Received
})

const shown = (page: Page, received: Received): Received => {
  if (received.returnTo !== undefined) page.show(received.returnTo)
  return received
}

const isAt = ({ origin, pathname }: URL, address: string): boolean => {
  const expected = new URL(address)
  return origin === expected.origin && pathname === expected.pathname
}

/** The address without the answer, and with what the application has beside it. */
const cleaned = (url: URL, mode: BrowserFlow["responseMode"]): string => {
  const clean = new URL(url)
  if (mode === "fragment") clean.hash = ""
  else for (const name of answerParams) clean.searchParams.delete(name)
  return clean.href
}

const answerParams = ["code", "error", "error_description", "error_uri", "iss", "scope", "session_state", "state"]

const inputOf = ({ audiences, resources, scopes, organization }: Target): TargetInput => ({
  audience: audiences,
  resource: resources,
  scope: scopes,
  organization,
})
