import {
  AcquireError,
  ApiClient,
  BearerError,
  type CallError,
  type Client,
  type Credential,
  type DelegateError,
  endSessionUrl,
  type FetchInput,
  learningClock,
  makeApiClient,
  makeLogin,
  type LoginOptions as HeldLogin,
  makeRunner,
  Login,
  loginRequired,
  networkContext,
  none,
  requestParts,
  sharedFlights,
  signalOf,
  type StoreError,
  type TargetInput,
  toBearerError,
  toCredential,
  TokenProvider,
  type Warning,
} from "@bearerkit/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Delegates, delegatesNothing } from "./delegates.ts"
import { code } from "./flow.ts"
import { type LoginKeeper, makeLoginKeeper } from "./login-keeper.ts"
import { type LoginState, makeObservedState, tell } from "./login-state.ts"
import {
  type Arrival,
  type BrowserClientOptions,
  type CallOptions,
  checkOptions,
  type LoginOptions,
  type LogoutOptions,
} from "./options.ts"
import { type Page, windowPage } from "./page.ts"
import { lifetime, makePendingLogins } from "./pending-login.ts"
import { notWaitedFor, receive, type Received } from "./receive.ts"
import { returnPath } from "./return-to.ts"
import { memory } from "./storage/memory.ts"

/**
 * Signs a person in and out, gets tokens and calls APIs with them, in agreement with the other tabs. Every method
 * rejects with a `BearerError`, or with the signal's reason.
 */
export interface BrowserClient extends AsyncDisposable {
  /**
   * Reads the URL and the storage, once for all calls; never rejects. It completes a login whose answer is in the URL,
   * removes the answer and shows `returnTo`. Await it before the router is made.
   */
  readonly ready: () => Promise<Arrival>
  /** The state of the login now, without tokens. */
  readonly state: () => LoginState
  /** Calls the listener at each change from now on; returns a function that stops it. */
  readonly subscribe: (listener: (state: LoginState) => void) => () => void
  /**
   * Sends the person to the issuer, also for what an API requires (`stepUpOf`); rejects with `store_unavailable` if the
   * storage cannot be read. Does nothing on a server.
   */
  readonly login: (options?: LoginOptions) => Promise<void>
  /** Begins a login in another window, which must open the `url`. `loginByPopup` uses this and `complete`. */
  readonly begin: (options?: LoginOptions) => Promise<BegunLogin>
  /** Completes it with the URL that the window came back to; `invalid_state` if no login of this tab waits for that. */
  readonly complete: (answer: string) => Promise<Arrival>
  /** Ends the login in all open tabs and revokes its refresh token, if the issuer can. */
  readonly logout: (options?: LogoutOptions) => Promise<void>
  /**
   * A usable token for the target: cached while fresh, renewed once for all concurrent callers, in all tabs that share
   * the login. Rejects with `login_required` if the person has to sign in.
   */
  readonly token: (target?: TargetInput, options?: CallOptions) => Promise<string>
  /** The same token with its type, expiry and scopes. */
  readonly credential: (target?: TargetInput, options?: CallOptions) => Promise<Credential>
  /** A token for the target on behalf of the person, by the option `delegation`; cached while their token is valid. */
  readonly delegate: (target: TargetInput, options?: CallOptions) => Promise<string>
  /**
   * `fetch` with `Authorization: Bearer`, or `DPoP` with a proof, for the origins in `apis`; other origins are refused.
   * A 401 is retried once with a new token of the same login; a 429 once after its `Retry-After`, if that is half a
   * minute at most and the method is idempotent. Redirects are refused unless `init.redirect` allows them.
   */
  readonly fetch: (input: FetchInput, init?: RequestInit) => Promise<Response>
  /**
   * Removes listeners and timers and interrupts calls under way, but waits for a refresh token that is being spent;
   * later calls reject with `closed`.
   */
  readonly close: () => Promise<void>
}

/** A login that was begun in another window. */
export interface BegunLogin {
  /** The authorization request, for the window to open. */
  readonly url: string
  /** The `state` of the request, which the answer repeats. */
  readonly state: string
}

/**
 * Makes the client of a page. Invalid options throw a `BearerError` here. Neither window nor storage is touched before
 * the first call, so it can be made on a server, where nobody is signed in.
 *
 * @see OpenID Connect Core §3.1, RFC 9700 §2.1
 */
export const createBrowserClient = (options: BrowserClientOptions): BrowserClient => makeClient(options, windowPage)

/** The same over any page. */
export const makeClient = (options: BrowserClientOptions, findPage: () => Page | undefined): BrowserClient => {
  checkOptions(options)
  const { flow = code(), storage = memory(), target: own = { scope: "openid" }, redirectUri } = options
  const client: Client = { issuer: options.issuer, clientId: options.clientId, clientAuth: none(), dpop: options.dpop }
  const renewal = options.renewal?.({ ...options, client, flow })
  const key = `login:${JSON.stringify([client.issuer, client.clientId])}`
  const held = { client, key, own, renewal: renewal?.renew, keeper: () => keeper }
  const runner = makeRunner(servicesOf(options, held))
  const loadKey = options.dpop?.load ?? Effect.void
  const run: typeof runner.run = (work, options) => runner.run(Effect.andThen(loadKey, work), options)
  const provider = runner.take(Effect.service(TokenProvider))
  const state = makeObservedState()
  const keeper: LoginKeeper = makeLoginKeeper({
    runner,
    state,
    loadKey,
    own,
    shared: storage.shared,
    channel: `bearerkit:${key}`,
  })
  const warn = makeWarn(options)
  let open = true
  let started: Promise<Arrival> | undefined

  const arrive = (page: Page): Promise<Received> => run(receive({ page, client, flow, redirectUri, warn }))

  const arrivalOf = (received: Omit<Received, "error">, error?: BearerError): Arrival => ({
    ...received,
    status: state.get().status,
    error,
  })

  const start = async (): Promise<Arrival> => {
    const page = findPage()
    if (page === undefined) return arrivalOf({ callback: "none" })
    storage.warnings.forEach(warn)
    renewal?.warnings.forEach(warn)
    const { error, ...received } = await arrive(page)
    await keeper.begin(page, received.callback === "completed", makePendingLogins(page.pending, client))
    state.change({ ready: true, ...(error !== undefined && { error: toBearerError(error) }) })
    return arrivalOf(received, state.get().error)
  }
  const ready = (): Promise<Arrival> => {
    started ??= start().catch(notStarted)
    return started
  }

  /** The client was closed meanwhile, or has no key. */
  const notStarted = (error: unknown): Arrival => {
    if (!(error instanceof BearerError)) throw error
    state.change({ ready: true, error })
    return arrivalOf({ callback: "none" }, error)
  }

  /** On a server nobody is signed in. */
  const pageHere = (): Page => {
    const page = findPage()
    if (page === undefined) throw toBearerError(loginRequired("nobody is signed in"))
    return page
  }

  /** Runs work after `ready`, unless another person is signed in than at the call. */
  const runHere = async <A, E extends AcquireError | CallError | DelegateError | StoreError>(
    work: Effect.Effect<A, E, ApiClient | Delegates | Login | TokenProvider>,
    signal: AbortSignal | null | undefined,
    asked = keeper.who(),
  ): Promise<A> => {
    signal?.throwIfAborted()
    pageHere()
    await ready()
    return run(Effect.andThen(keeper.stillHere(asked), work), { signal })
  }

  const credential = async (target = own, { signal }: CallOptions = {}): Promise<Credential> => {
    const work = provider.token(target)
    return toCredential(await runHere(target === own ? keeper.following(work) : keeper.heeding(work), signal))
  }

  const begin = async (page: Page, choice: LoginOptions | undefined): Promise<BegunLogin> => {
    const { returnTo, target = own, resume, ...authorization } = { ...options.loginDefaults, ...choice }
    const { origin, href } = page.url()
    // before the person types a password: a storage that cannot be read could not keep their login either
    const stored = Login.use(({ current }) => current)
    const begun = flow.begin(client, target, { ...authorization, redirectUri, lifetime })
    const { url, transaction } = await run(Effect.andThen(stored, begun))
    const login = { transaction, returnTo: returnPath(returnTo ?? href, origin), resume }
    await run(makePendingLogins(page.pending, client).put(login))
    flow.warnings(transaction).forEach(warn)
    return { url, state: Redacted.value(transaction.state) }
  }

  const end = (): Promise<void> => {
    open = false
    keeper.end()
    return runner.close()
  }

  return {
    ready,
    state: state.get,
    subscribe: state.subscribe,
    credential,
    token: async (target = own, callOptions) => {
      const atHand = open && callOptions?.signal?.aborted !== true ? provider.peek(target) : undefined
      return atHand === undefined ? (await credential(target, callOptions)).token : Redacted.value(atHand.value)
    },
    delegate: async (target, { signal } = {}) => {
      const work = Effect.flatMap(keeper.following(provider.token(own)), (subject) =>
        Delegates.use(({ delegate }) => delegate(subject, target)),
      )
      return Redacted.value((await runHere(work, signal)).value)
    },
    fetch: async (input, init) => {
      const asked = keeper.who()
      const call = Effect.flatMap(requestParts(input, init), ([url, rest]) =>
        ApiClient.use((api) => api.fetch(URL.parse(url, findPage()?.url()) ?? url, rest)),
      )
      return runHere(keeper.heeding(call), signalOf(input, init), asked)
    },
    login: async (choice) => {
      const page = findPage()
      if (page !== undefined) page.leave((await begin(page, choice)).url)
    },
    begin: async (choice) => begin(pageHere(), choice),
    complete: async (answer) => {
      const page = pageHere()
      await ready()
      const { error, ...received } = await arrive({ ...page, url: () => new URL(answer), show: () => {} })
      if (error !== undefined) throw toBearerError(error)
      await keeper.completed()
      if (received.callback === "none" || keeper.id() === undefined) throw toBearerError(notWaitedFor())
      return arrivalOf(received)
    },
    logout: async ({ everywhere = false } = {}) => {
      if (findPage() === undefined) return
      await ready()
      const idToken = await keeper.signOut()
      if (!everywhere) return
      const address = endSessionUrl(client, {
        idTokenHint: idToken,
        postLogoutRedirectUri: options.postLogoutRedirectUri,
      })
      findPage()?.leave(Redacted.value(await runner.run(address)))
    },
    close: end,
    [Symbol.asyncDispose]: end,
  }
}

interface Held extends HeldLogin {
  readonly keeper: () => Pick<LoginKeeper, "id" | "theirs">
}

const servicesOf = Effect.fnUntraced(function* (options: BrowserClientOptions, held: Held) {
  const { storage = memory(), delegation, apis = {}, observer } = options
  const surroundings = { flights: sharedFlights, clock: learningClock, telemetry: observer?.telemetry }
  const network = yield* networkContext({ ...options, ...surroundings })
  const stored = Context.merge(network, yield* Effect.provideContext(storage.services, network))
  const login = yield* Effect.provideContext(makeLogin(held), stored)
  const provider = ofTheLogin(Context.get(login, TokenProvider), held.keeper)
  const api = yield* Effect.provideContext(makeApiClient(apis, provider), network)
  const delegates =
    delegation === undefined ? delegatesNothing : yield* Effect.provideContext(delegation.make(held.client), network)
  observer?.attach(provider, delegates)
  return Context.merge(stored, login).pipe(
    Context.add(TokenProvider, provider),
    Context.add(ApiClient, api),
    Context.add(Delegates, delegates),
  )
})

/** Gives out only tokens of the login that the page knows. */
const ofTheLogin = (provider: TokenProvider["Service"], keeper: Held["keeper"]): TokenProvider["Service"] => ({
  ...provider,
  token: (target) => keeper().theirs(provider.token(target)),
  peek: (target) => {
    const atHand = provider.peek(target)
    return atHand?.login === keeper().id() ? atHand : undefined
  },
})

const makeWarn = ({ acceptedWarnings = [], onWarning = toConsole, observer }: BrowserClientOptions) => {
  const known = new Set(acceptedWarnings)
  return (warning: Warning): void => {
    if (known.has(warning.name)) return
    known.add(warning.name)
    tell(onWarning, warning)
    observer?.warned(warning)
  }
}

const toConsole = ({ name, message }: Warning): void => {
  // oxlint-disable-next-line no-console
  console.warn(`[bearerkit] ${name}: ${message}`)
}
