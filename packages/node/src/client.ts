import {
  ApiClient,
  type Apis,
  authorizationHeader,
  type ClientAuth,
  clientCredentials,
  clockLayer,
  Delegation,
  type DelegationWire,
  Discovery,
  type DpopKey,
  exchangeWire,
  type Flow,
  Http,
  invalidOptions,
  learnedClock,
  makeRunner,
  none,
  type Secret,
  type ServerMetadata,
  SingleFlight,
  type TargetInput,
  memoryStorage,
  type Token,
  TokenProvider,
  type TokenStorage,
  toBearerError,
  type Warning,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

export interface ClientOptions {
  /** The issuer's identifier, exactly as its metadata writes it. */
  readonly issuer: string
  readonly clientId: string
  /** How the client proves who it is. @default none() */
  readonly clientAuth?: ClientAuth
  /** The key that tokens are bound to (RFC 9449): `await generateDpopKey()`. @default none */
  readonly dpop?: DpopKey
  /** How the program's own tokens are acquired. @default clientCredentials() */
  readonly flow?: Flow
  /** How somebody else's token is traded. @default exchangeWire */
  readonly delegation?: DelegationWire
  /** At which audiences or resources this program may act on somebody's behalf. @default all of them */
  readonly delegationTargets?: ReadonlyArray<string>
  /** What `token()` is for when it is called without a target. @default {} */
  readonly target?: TargetInput
  /** The origins that `fetch` may send tokens to, and what those tokens are for. @default {} */
  readonly apis?: Apis
  /** What keeps tokens, in this process or for many. @default memoryStorage() */
  readonly store?: TokenStorage
  /** For an issuer without a metadata document: what it offers, given by hand. */
  readonly metadata?: ServerMetadata
  /** Milliseconds for a whole answer of the issuer. @default 10000 */
  readonly timeout?: number
  /** Allows `http:` beyond loopback, where anybody on the way reads the tokens. @default false */
  readonly allowInsecureRequests?: boolean
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch
  /** Epoch milliseconds. @default the machine's clock, set right by the issuer's answers where it is wrong */
  readonly now?: () => number
  /** Told once of what a developer should know about the flow. @default process.emitWarning */
  readonly onWarning?: (warning: Warning) => void
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface DelegateCallOptions extends CallOptions {
  /** What kind of token the subject's is, such as `id_token`. @default "access_token" */
  readonly subjectType?: string
  /** The token of who acts, when that is somebody else than this client. */
  readonly actor?: Secret
}

/** A token and what is known of it. */
export interface Credential {
  readonly token: string
  readonly type: string
  /** The value for an `Authorization` header. */
  readonly authorization: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
  readonly scopes: ReadonlyArray<string>
}

/** Gets tokens and calls APIs with them. Every method rejects with a `BearerError`, or with the signal's reason. */
export interface Client extends AsyncDisposable {
  /** A usable token for the target: kept while it is fresh, acquired once however many ask. */
  readonly token: (target?: TargetInput, options?: CallOptions) => Promise<string>
  /** The same with its type, expiry and scopes. */
  readonly credential: (target?: TargetInput, options?: CallOptions) => Promise<Credential>
  /** A token for the target on behalf of whom the subject's token is about; kept as long as that one lives. */
  readonly delegate: (subject: Secret, target: TargetInput, options?: DelegateCallOptions) => Promise<string>
  /**
   * `fetch` with `Authorization: Bearer`, or `DPoP` with a proof, for the origins in `apis`; other origins are refused. A 401 is answered with a
   * new token, once. Redirects are refused unless `init.redirect` allows them.
   */
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>
  /** Interrupts what is under way; later calls reject with `closed`. */
  readonly close: () => Promise<void>
}

/** Makes a client. Wrong options throw a `BearerError` here; nothing is requested before the first call. */
export const createClient = (options: ClientOptions): Client => {
  checkOptions(options)
  const flow = options.flow ?? clientCredentials()
  const { run, take, close } = makeRunner(layerOf(options, flow))
  const provider = take(Effect.service(TokenProvider))
  for (const warning of flow.warnings) (options.onWarning ?? emitWarning)(warning)
  const ownTarget = options.target ?? {}
  let open = true

  const credential = async (target = ownTarget, callOptions?: CallOptions): Promise<Credential> =>
    toCredential(await run(provider.token(target), callOptions))

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
    delegate: async (subject, target, { signal, ...choice } = {}) => {
      const token = await run(
        Delegation.use((delegation) => delegation.delegate(subject, target, choice)),
        { signal },
      )
      return Redacted.value(token.value)
    },
    fetch: (url, init) =>
      run(
        ApiClient.use((api) => api.fetch(url, init)),
        { signal: init?.signal },
      ),
    close: end,
    [Symbol.asyncDispose]: end,
  }
}

const checkOptions = ({ issuer, clientId, timeout = 1 }: ClientOptions): void => {
  const wrong = (field: string, problem: string): never => {
    throw toBearerError(invalidOptions(field, problem))
  }
  if (typeof issuer !== "string" || issuer === "") wrong("issuer", "is missing")
  if (typeof clientId !== "string" || clientId === "") wrong("clientId", "is missing")
  if (!Number.isFinite(timeout) || timeout <= 0) wrong("timeout", "must be a number of milliseconds above 0")
}

const layerOf = (options: ClientOptions, flow: Flow) => {
  const { issuer, clientId, clientAuth = none(), delegation: wire = exchangeWire, delegationTargets } = options
  const client = { issuer, clientId, clientAuth, dpop: options.dpop }
  const discovery = options.metadata === undefined ? Discovery.layer : Discovery.fixed(options.metadata)
  const layer = ApiClient.layer(options.apis ?? {}).pipe(
    Layer.provideMerge(TokenProvider.layer({ client, flow })),
    Layer.provideMerge(Delegation.layer({ client, wire, allowedTargets: delegationTargets })),
    Layer.provideMerge(discovery),
    Layer.provideMerge(
      Layer.mergeAll(Http.layer(options), SingleFlight.shared, (options.store ?? memoryStorage()).layer),
    ),
  )
  return Layer.provideMerge(layer, options.now === undefined ? learnedClock : clockLayer(options.now))
}

const toCredential = (token: Token): Credential => ({
  token: Redacted.value(token.value),
  type: token.type,
  authorization: authorizationHeader(token),
  expiresAt: token.expiresAt,
  scopes: token.scopes,
})

const emitWarning = ({ name, message }: Warning): void =>
  process.emitWarning(message, { type: "BearerKitWarning", code: name })
