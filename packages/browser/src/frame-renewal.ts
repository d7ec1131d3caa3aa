import {
  AcquireError,
  type CurrentLogin,
  Discovery,
  invalidOptions,
  loginRequired,
  loginStatus,
  type Renewal,
  type Target,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { answerInFrame } from "./frame.ts"
import { makeRefusals } from "./refusals.ts"
import type { RenewingPage } from "./renewal.ts"
import { inputOf } from "./target-input.ts"

export interface FramingPage extends RenewingPage {
  /** Milliseconds. */
  readonly timeout: number
}

/** Renews by the person's session at the issuer; an answer is checked as at any login. */
export const renewInFrame = (page: FramingPage): Renewal => {
  const refusals = makeRefusals()
  return Effect.fnUntraced(function* (login, target) {
    yield* refusals.check(login, target)
    const { tokens, claims } = yield* attempt(page, login, target).pipe(
      Effect.mapError(asLoginRequired),
      Effect.tapError((error) =>
        loginStatus({ isOnline: true, isOver: true, failure: error }) === "offline"
          ? Effect.void
          : refusals.learn(login, target, error),
      ),
    )
    // the tokens of somebody else are refused by who asked for them, who need not ask again
    if (claims?.sub !== login.claims?.sub) yield* refusals.learn(login, target, cannotBeRenewed())
    return tokens
  })
}

const attempt = Effect.fnUntraced(function* (page: FramingPage, login: CurrentLogin, target: Target) {
  // nothing has been spent before the answer is there
  const answer = yield* Effect.interruptible(ask(page, login, target))
  return yield* page.flow.complete(page.client, answer)
})

const ask = Effect.fnUntraced(function* (page: FramingPage, login: CurrentLogin, target: Target) {
  const { client, flow, redirectUri, timeout } = page
  // nobody could tell whether it is somebody else
  if (login.claims === undefined) return yield* cannotBeRenewed()
  if (new URL(redirectUri).origin !== window.location.origin) {
    return yield* invalidOptions("redirectUri", "is of another origin than the page")
  }
  const input = { ...inputOf(target), scope: ["openid", ...target.scopes] }
  const extra = { ...page.loginDefaults?.extra, ...(yield* hintOf(page, login)) }
  const { url, transaction } = yield* flow.begin(client, input, { prompt: "none", redirectUri, extra })
  const callback = yield* answerInFrame({ url, state: Redacted.value(transaction.state), timeout })
  return { transaction, callback }
})

/** The ID token must not be in a URL, so it is sent only if requests are pushed (RFC 9126). */
const hintOf = Effect.fnUntraced(function* ({ client }: FramingPage, { idToken }: CurrentLogin) {
  const metadata = yield* Effect.orElseSucceed(
    Discovery.use((discovery) => discovery.metadata(client.issuer)),
    () => undefined,
  )
  return metadata?.requirePushedAuthorizationRequests === true && idToken !== undefined
    ? { id_token_hint: Redacted.value(idToken) }
    : {}
})

/** Converts a refusal to act without the person (OpenID Connect Core §3.1.2.6). */
const asLoginRequired = (error: AcquireError): AcquireError =>
  error.reason._tag === "AuthorizationRefused" && error.explanation.code === "interaction_required"
    ? new AcquireError({ reason: { _tag: "LoginRequired", because: mustAct, error: error.reason.error } })
    : error

const mustAct = "the issuer wants the person to act"

const cannotBeRenewed = (): AcquireError => loginRequired("the login cannot be renewed")
