import {
  type AcquireError,
  type CheckScopes,
  clientCredentials,
  type Credential,
  type Discovery,
  type FetchInput,
  type Http,
  invalidOptions,
  issuerKeys,
  makeApiClient,
  makeRunner,
  makeScopeCheck,
  makeVerifier,
  type Principal,
  requestParts,
  type Secret,
  signalOf,
  type SingleFlight,
  type TargetInput,
  type Token,
  TokenProvider,
  toCredential,
  type Verifier,
  type VerifyError,
  type Warning,
} from "@bearerkit/core"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { checkOptions } from "./check-options.ts"
import { clientServices, delegationOf, tokensOf } from "./client-services.ts"
import type {
  CallOptions,
  ClientOptions,
  DelegateCallOptions,
  LoginCallOptions,
  TokenCallOptions,
} from "./client-options.ts"
import { currentUser, signIn, signOut } from "./login/sign-in.ts"
import type { User } from "./login/user.ts"

/** Gets tokens and calls APIs with them. Every method rejects with a `BearerError`, or with the signal's reason. */
export interface Client extends AsyncDisposable {
  /** A usable token for the target: cached while fresh, acquired once for all concurrent callers. */
  readonly token: (target?: TargetInput, options?: CallOptions) => Promise<string>
  /** The same token with its type, expiry and scopes. */
  readonly credential: (target?: TargetInput, options?: TokenCallOptions) => Promise<Credential>
  /** Has a person sign in, by `loopback()` or `deviceCode()`; `token` and `fetch` then act for them. */
  readonly login: (options?: LoginCallOptions) => Promise<{ readonly user: User }>
  /** The signed-in person, from the store. */
  readonly user: (options?: CallOptions) => Promise<User | undefined>
  /** Removes the login and revokes its refresh token, if the issuer can. */
  readonly logout: (options?: CallOptions) => Promise<void>
  /** A token for the target on behalf of the subject of a token; cached while that token is valid. */
  readonly delegate: (subject: Secret, target: TargetInput, options?: DelegateCallOptions) => Promise<string>
  /** The verified caller, if this program is the API that the option `verify` describes. */
  readonly verify: (token: string, options?: CallOptions) => Promise<Principal>
  /**
   * `fetch` with `Authorization: Bearer`, or `DPoP` with a proof, for the origins in `apis`; other origins are refused.
   * A 401 is retried once with a new token; a 429 once after its `Retry-After`, if that is half a minute at most and
   * the method is idempotent. Redirects are refused unless `init.redirect` allows them. It can replace `fetch` wherever
   * that is an option.
   */
  readonly fetch: (input: FetchInput, init?: RequestInit) => Promise<Response>
  /**
   * Interrupts calls under way, but waits for a refresh token that is being spent; later calls reject with `closed`.
   */
  readonly close: () => Promise<void>
}

/** Makes a client. Invalid options throw a `BearerError` here; nothing is requested before the first call. */
export const createClient = (options: ClientOptions): Client => {
  checkOptions(options)
  const { flow = clientCredentials(), target: ownTarget = {} } = options
  const { onWarning = emitWarning } = options
  const { run, take, close } = makeRunner(clientServices(options))
  const tokens: Context.Context<TokenProvider> = take(tokensOf(options))
  const checkScopes = makeScopeCheck(onWarning)
  const provider = checking(Context.get(tokens, TokenProvider), checkScopes)
  const api = once(() => take(makeApiClient(options.apis ?? {}, provider)))
  const delegation = once(() => take(delegationOf(options)))
  const verifier = once(() => Effect.runSync(Effect.cached(verifierOf(options))))
  if (options.apis !== undefined) api()
  for (const warning of flow.warnings) onWarning(warning)
  let open = true

  const credential = async (target = ownTarget, { minTtl = 0, signal }: TokenCallOptions = {}): Promise<Credential> =>
    toCredential(await run(lasting(provider, target, minTtl), { signal }))

  const end = (): Promise<void> => {
    open = false
    return close()
  }

  return {
    credential,
    token: async (target = ownTarget, callOptions) => {
      const atHand = open && callOptions?.signal?.aborted !== true ? provider.peek(target) : undefined
      return atHand === undefined ? (await credential(target, callOptions)).token : Redacted.value(atHand.value)
    },
    login: async ({ target = ownTarget, signal } = {}) => ({
      user: await run(Effect.provideContext(signIn(options, target, checkScopes), tokens), { signal }),
    }),
    user: (callOptions) => run(Effect.provideContext(currentUser, tokens), callOptions),
    logout: (callOptions) => run(Effect.provideContext(signOut(options), tokens), callOptions),
    delegate: async (subject, target, { signal, ...choice } = {}) => {
      const token = await run(delegation().delegate(subject, target, choice), { signal })
      checkScopes(target, token)
      return Redacted.value(token.value)
    },
    verify: (token, callOptions) =>
      run(
        Effect.flatMap(verifier(), ({ check }) => check(token)),
        callOptions,
      ),
    fetch: (input, init) => {
      const call = Effect.flatMap(requestParts(input, init), ([url, rest]) => api().fetch(url, rest))
      return run(call, { signal: signalOf(input, init) })
    },
    close: end,
    [Symbol.asyncDispose]: end,
  }
}

/** The provider, with a check of the scopes of new tokens. */
const checking = (provider: TokenProvider["Service"], check: CheckScopes): TokenProvider["Service"] => {
  const checked = <E>(target: TargetInput, work: Effect.Effect<Token, E>) =>
    Effect.tap(work, (token) => Effect.sync(() => check(target, token)))
  return {
    ...provider,
    token: (target) => checked(target, provider.token(target)),
    renew: (target, refused) => checked(target, provider.renew(target, refused)),
  }
}

/** A token that is valid for at least so many milliseconds, if the issuer's tokens ever are. */
const lasting = (provider: TokenProvider["Service"], target: TargetInput, minTtl: number) =>
  Effect.flatMap(provider.token(target), (token) =>
    Clock.clockWith((clock) =>
      minTtl === 0 || token.expiresAt - clock.currentTimeMillisUnsafe() >= minTtl
        ? Effect.succeed(token)
        : provider.renew(target, token),
    ),
  )

/** Makes a value on first use, so that a program does not wait for what it does not need. */
const once = <A>(make: () => A): (() => A) => {
  let made: A | undefined
  return () => (made ??= make())
}

/** With invalid options it is made on first use: an error that nobody reads costs as much as a request. */
const verifierOf = ({ issuer, verify }: ClientOptions): MakeVerifier =>
  Effect.suspend((): MakeVerifier => {
    if (verify !== undefined) return makeVerifier({ ...verify, issuer, keys: verify.keys ?? issuerKeys() })
    return Effect.fail(invalidOptions("verify", "is missing", "Say what this API is called: verify: { audience }."))
  })

type MakeVerifier = Effect.Effect<Verifier, AcquireError | VerifyError, Discovery | Http | SingleFlight>

const emitWarning = ({ name, message }: Warning): void =>
  process.emitWarning(message, { type: "BearerKitWarning", code: name })
