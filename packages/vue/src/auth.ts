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
  /** What the claims of the ID token must be: any schema of the Standard Schema specification that answers at once. */
  readonly claims?: ClaimsSchema<C> | undefined
  /** Shows the login in Vue's devtools: `authDevtools()` of `@bearerkit/vue/devtools`, in development. @default nothing does */
  readonly devtools?: AuthDevtools | undefined
}

/** What shows a login to its developer. */
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
  /** What the page arrived with, once that is known; it never rejects. Reading it begins the work, as installing does. */
  readonly ready: Promise<Arrival>
  /** How it stands now; no token is in it. */
  readonly state: Readonly<ShallowRef<LoginState>>
  /** What a guard has refused last; gone as soon as it lets somebody go on. */
  readonly refused: ShallowRef<Refused | undefined>
  readonly options: Pick<AuthOptions<C>, "claims" | "devtools" | "redirectUri" | "target">
  readonly install: (app: App) => void
}

/** A page that cannot be shown: why, and what it was. */
export interface Refused {
  readonly error: BearerError
  /** A path of the router. */
  readonly target: string
}
