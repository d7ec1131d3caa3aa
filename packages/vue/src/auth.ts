import type {
  Arrival,
  BearerError,
  BrowserClient,
  BrowserClientOptions,
  Claims,
  ClaimsSchema,
  ClientObserver,
  LoginState,
  SteppingUp,
} from "@bearerkit/browser"
import type { App, ShallowRef } from "vue"

/** Options of `createAuth`. */
export interface AuthOptions<C = Claims> extends BrowserClientOptions {
  /** Any synchronous Standard Schema for the claims of the ID token; `useAuth().claims` has its output. */
  readonly claims?: ClaimsSchema<C> | undefined
  /** Shows the login in Vue's devtools, in development: `authDevtools()` of `@bearerkit/vue/devtools`. @default none */
  readonly devtools?: AuthDevtools | undefined
}

/** A panel that shows a login to the developer. */
export interface AuthDevtools {
  readonly observer: ClientObserver
  readonly install: (app: App, auth: Pick<Auth, "ready" | "refused" | "state">) => void
}

/**
 * The login of one application: a plugin for its components, and the client for everything else, such as stores, guards
 * and plain modules. Every method rejects with a `BearerError`, or with the signal's reason.
 */
export interface Auth<C = Claims>
  extends
    Pick<BrowserClient, "begin" | "close" | "complete" | "credential" | "delegate" | "login" | "logout" | "token">,
    SteppingUp,
    AsyncDisposable {
  /** The client's `ready`; never rejects. Reading it starts the client, as installing does. */
  readonly ready: Promise<Arrival>
  /** The state of the login now, without tokens. */
  readonly state: Readonly<ShallowRef<LoginState>>
  /** What a guard refused last; removed by the next navigation to a guarded route. */
  readonly refused: ShallowRef<Refused | undefined>
  readonly options: Pick<AuthOptions<C>, "claims" | "devtools" | "redirectUri" | "target">
  readonly install: (app: App) => void
}

/** A route that a guard refused, and why. */
export interface Refused {
  readonly error: BearerError
  /** A path of the router. */
  readonly target: string
}
