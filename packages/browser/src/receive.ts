import {
  AcquireError,
  type Callback,
  type Client,
  type Discovery,
  type Http,
  Login,
  refreshTokenWarnings,
  parseCallback,
  type StoreError,
  type Warning,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import type { BrowserFlow } from "./flow.ts"
import type { Page } from "./page.ts"
import { isState, makePendingLogins, type PendingLogin, type PendingLogins } from "./pending-login.ts"
import { inputOf } from "./target-input.ts"

export interface Receiving {
  readonly page: Page
  readonly client: Client
  readonly flow: BrowserFlow
  readonly redirectUri: string
  readonly warn: (warning: Warning) => void
}

/** What the URL of a page contained. */
export interface Received {
  /**
   * `completed`: a person has signed in. `failed`: the issuer refused, the answer is invalid, or the answers to three
   * logins in a row never came. `replayed`: the answer was used before. `none`: there is no answer to this client, and
   * the URL is unchanged.
   */
  readonly callback: "completed" | "failed" | "none" | "replayed"
  readonly error?: AcquireError | StoreError
  /** The `returnTo` of the login: a path of this origin. */
  readonly returnTo?: string
  /** The `resume` of the login. */
  readonly resume?: unknown
}

/**
 * Completes a login if the URL is the answer to one that this tab began. The URL is cleaned before anything of the
 * answer is used, and shows `returnTo` unless the login fails.
 */
export const receive: (receiving: Receiving) => Effect.Effect<Received, never, Discovery | Http | Login> =
  Effect.fnUntraced(
    function* (receiving) {
      const pending = makePendingLogins(receiving.page.pending, receiving.client)
      return (yield* answered(receiving, pending)) ?? (yield* unanswered(receiving, pending))
    },
    Effect.catch((error) => Effect.succeed<Received>({ callback: "failed", error })),
  )

const answered = Effect.fnUntraced(function* (receiving: Receiving, pending: PendingLogins) {
  const { page, client, flow, redirectUri } = receiving
  const url = page.url()
  if (bare(url) !== bare(new URL(redirectUri))) return undefined
  const { callback, mode } = answerIn(url, flow.responseMode)
  if (!("state" in callback)) return undefined
  const found = yield* pending.take(callback.state)
  if (found?._tag === "Foreign" || (found === undefined && !mayBeOurs(callback, client))) return undefined
  page.show(cleaned(url, mode))
  if (found === undefined) return yield* unexpected
  if (found._tag === "Waiting") return yield* complete(receiving, url, found.login)
  page.show(found.returnTo)
  return { callback: "replayed", returnTo: found.returnTo } satisfies Received
})

/** A host that drops answers, or an issuer that drops states, would make an application begin logins without end. */
const unanswered = Effect.fnUntraced(function* ({ page }: Receiving, { missed }: PendingLogins) {
  const login = yield* Effect.catch(missed(page.isBack()), () => Effect.succeed(undefined))
  if (login === undefined) return { callback: "none" } satisfies Received
  const { returnTo, resume } = login
  const detail = "never came: see that the host keeps the query of the redirectUri"
  return { callback: "failed", error: refused("malformed", detail), returnTo, resume } satisfies Received
})

const complete = Effect.fnUntraced(function* ({ page, client, flow, warn }: Receiving, url: URL, login: PendingLogin) {
  const { transaction, returnTo, resume } = login
  const clean = page.url().href
  // whoever loads the page again before it is done with must not lose where they wanted to go
  page.show(returnTo)
  const shown = page.url().href
  const received = yield* flow.complete(client, { transaction, callback: url }).pipe(
    Effect.flatMap(({ tokens }) => {
      refreshTokenWarnings(transaction.target, tokens).forEach(warn)
      return Login.use((login) => login.begin(tokens, inputOf(transaction.target)))
    }),
    Effect.map((): Received => ({ callback: "completed", returnTo, resume })),
    Effect.catch((error) => Effect.succeed<Received>({ callback: "failed", error, returnTo, resume })),
  )
  // the application may have gone elsewhere; a router that began with the answer writes it back
  const { href } = page.url()
  if (href === shown || href === url.href) page.show(received.callback === "completed" ? returnTo : clean)
  return received
})

/** An answer of our issuer that no login waits for: the page was reloaded, or it came by a link. */
const unexpected = /*#__PURE__*/ Effect.gen(function* () {
  if ((yield* (yield* Login).current) === undefined) return yield* notWaitedFor()
  return { callback: "replayed" } satisfies Received
})

export const notWaitedFor = (): AcquireError => refused("state", "was not waited for in this tab")

const refused = (problem: "malformed" | "state", detail: string): AcquireError =>
  new AcquireError({ reason: { _tag: "CallbackRefused", problem, detail } })

/** The answer and the part of the URL that it is in; in the wrong part it is refused, but must not stay there. */
const answerIn = (url: URL, asked: BrowserFlow["responseMode"]) => {
  const callback = parseCallback(url, asked)
  if (callback._tag !== "NotOurs") return { callback, mode: asked }
  const mode = asked === "query" ? "fragment" : "query"
  return { callback: parseCallback(url, mode), mode }
}

/** Whether an answer that no login waits for looks like one to us, and must not stay in the URL. */
const mayBeOurs = ({ issuer, state }: Extract<Callback, { readonly state: unknown }>, client: Client): boolean =>
  issuer === undefined ? isState(state) : issuer === client.issuer

/** Many hosts add a slash. */
const bare = ({ origin, pathname }: URL): string => (origin + pathname).replace(/\/+$/, "")

/** The URL without the answer, but with the application's own parameters. */
const cleaned = (url: URL, mode: string): string => {
  const clean = new URL(url)
  if (mode === "fragment") clean.hash = ""
  else for (const name of answerParams) clean.searchParams.delete(name)
  return clean.href
}

const answerParams = ["code", "error", "error_description", "error_uri", "iss", "scope", "session_state", "state"]
