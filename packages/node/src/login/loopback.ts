import {
  AcquireError,
  type AuthorizationOptions,
  beginAuthorization,
  type Client,
  completeAuthorization,
  invalidOptions,
  orRevoked,
  type Pushed,
  signedIdTokens,
  type Target,
} from "@bearerkit/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { notSignedIn, signedIn } from "./closing-page.ts"
import { listenOnLoopback, type LoopbackServerOptions } from "./loopback-server.ts"
import { openBrowser } from "./open-browser.ts"
import { type LoginScopes, loginScopes, type PersonFlow } from "./person-flow.ts"

/** Options of `loopback`. */
export interface LoopbackOptions extends AuthorizationOptions, LoginScopes, LoopbackServerOptions {
  /** Opens the URL in a browser; returns whether it could. @default the system's browser */
  readonly open?: ((url: string) => boolean | PromiseLike<boolean>) | undefined
  /** Called with the URL if no browser could be opened; if it fails, so does the login. @default writes it to stderr */
  readonly onUrl?: ((url: string) => void | PromiseLike<void>) | undefined
  /** Milliseconds that the person may take. @default 300000 */
  readonly timeout?: number | undefined
  /** When the request is pushed to the issuer instead of sent through the browser (RFC 9126). @default auto */
  readonly pushed?: Pushed | undefined
}

/**
 * Has a person sign in with the system's browser, which returns to a server on this machine that answers once.
 *
 * The issuer must know `http://127.0.0.1/callback` as a redirect URI of a native app, for any port.
 *
 * @see RFC 8252 §7.3, §8.1
 */
export const loopback = (options: LoopbackOptions = {}): PersonFlow => {
  const timeout = options.timeout ?? 300_000
  const isTime = timeout > 0 && timeout < Infinity
  return {
    grant: "authorization_code",
    warnings: [],
    scopes: loginScopes(options),
    signIn: (client, target) =>
      isTime
        ? Effect.scoped(visit(client, target, { ...options, timeout })).pipe(
            Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.fail(tooLate(timeout)) }),
          )
        : Effect.fail(invalidOptions("timeout", "must be above 0: milliseconds")),
  }
}

const visit = Effect.fnUntraced(function* (
  client: Client,
  target: Target,
  options: LoopbackOptions & { readonly timeout: number },
) {
  const server = yield* listenOnLoopback(options)
  const { url, transaction } = yield* beginAuthorization(client, inputOf(target), {
    ...options,
    redirectUri: server.redirectUri,
    lifetime: options.timeout,
  })
  const arrived = server.arrival(Redacted.value(transaction.state))
  // a browser may return before its opener has exited
  const arrival = yield* Effect.raceFirst(arrived, Effect.andThen(present(url, options), Effect.never))
  const idTokens = yield* signedIdTokens(client)
  const completed = completeAuthorization(client, { transaction, callback: arrival.url, idTokens })
  const login = yield* Effect.tapError(completed, () => arrival.show(notSignedIn))
  yield* orRevoked(client, login.tokens, arrival.show(signedIn))
  return login
})

const present = (url: string, { open = openBrowser, onUrl = print }: LoopbackOptions): Effect.Effect<void> =>
  Effect.tryPromise(async () => open(url)).pipe(
    Effect.orElseSucceed(() => false),
    Effect.flatMap((opened) => Effect.promise(async () => (opened ? undefined : onUrl(url)))),
  )

const print = (url: string): void => void process.stderr.write(`Open this address to sign in:\n${url}\n`)

/** Converts a validated target back to its input form. */
const inputOf = ({ audiences, resources, scopes, organization }: Target) => ({
  audience: audiences,
  resource: resources,
  scope: scopes,
  organization,
})

const tooLate = (timeout: number): AcquireError => {
  const detail = `was not completed within ${Duration.toSeconds(timeout)} s`
  return new AcquireError({ reason: { _tag: "CallbackRefused", problem: "expired", detail } })
}
