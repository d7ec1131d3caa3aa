import {
  ApiClient,
  type Apis,
  authorizationHeader,
  type ClientAuth,
  clockLayer,
  Discovery,
  type Flow,
  Http,
  makeRunner,
  none,
  type ServerMetadata,
  SingleFlight,
  type TargetInput,
  type Token,
  TokenProvider,
  TokenStore,
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
  /** How tokens are acquired, such as `clientCredentials()`. */
  readonly flow: Flow
  /** What `token()` is for when it is called without a target. @default {} */
  readonly target?: TargetInput
  /** The origins that `fetch` may send tokens to, and what those tokens are for. @default {} */
  readonly apis?: Apis
  /** For an issuer without a metadata document: what it offers, given by hand. */
  readonly metadata?: ServerMetadata
  /** Milliseconds for a whole answer of the issuer. @default 10000 */
  readonly timeout?: number
  /** Allows `http:` beyond loopback, where anybody on the way reads the tokens. @default false */
  readonly allowInsecureRequests?: boolean
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number
  /** Told once of what a developer should know about the flow. @default process.emitWarning */
  readonly onWarning?: (warning: Warning) => void
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
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
  /**
   * `fetch` with `Authorization: Bearer` for the origins in `apis`; other origins are refused. A 401 is answered with a
   * new token, once. Redirects are refused unless `init.redirect` allows them.
   */
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>
  /** Interrupts what is under way; later calls reject with `closed`. */
  readonly close: () => Promise<void>
}

/** Makes a client. Wrong options throw a `BearerError` here; nothing is requested before the first call. */
export const createClient = (options: ClientOptions): Client => {
  const { run, close } = makeRunner(layerOf(options))
  for (const warning of options.flow.warnings) (options.onWarning ?? emitWarning)(warning)

  const credential = (target: TargetInput = options.target ?? {}, callOptions?: CallOptions): Promise<Credential> =>
    run(TokenProvider.use((provider) => provider.token(target)).pipe(Effect.map(toCredential)), callOptions)

  return {
    credential,
    token: async (target, callOptions) => (await credential(target, callOptions)).token,
    fetch: (url, init) =>
      run(
        ApiClient.use((api) => api.fetch(url, init)),
        { signal: init?.signal },
      ),
    close,
    [Symbol.asyncDispose]: close,
  }
}

const layerOf = (options: ClientOptions) => {
  const { issuer, clientId, clientAuth = none(), flow } = options
  const discovery = options.metadata === undefined ? Discovery.layer : Discovery.fixed(options.metadata)
  const layer = ApiClient.layer(options.apis ?? {}).pipe(
    Layer.provideMerge(TokenProvider.layer({ client: { issuer, clientId, clientAuth }, flow })),
    Layer.provideMerge(discovery),
    Layer.provideMerge(Layer.mergeAll(Http.layer(options), SingleFlight.shared, TokenStore.layerMemory())),
  )
  return options.now === undefined ? layer : Layer.provideMerge(layer, clockLayer(options.now))
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
