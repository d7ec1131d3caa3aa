import {
  BearerError,
  isHeld,
  type Claims,
  type LoginState,
  type LoginStatus,
  typedClaims,
  type User,
  userOf,
} from "@bearerkit/browser"
import { computed, type ComputedRef, getCurrentInstance, onMounted, shallowRef } from "vue"
import type { Auth, Refused } from "./auth.ts"
import { injectAuth } from "./injection.ts"
import type { ClaimsOf, RegisteredAuth } from "./register.ts"

/** The state of the login for templates, read-only. */
export interface UseAuth<C = Claims> extends Pick<Auth, "login" | "logout" | "token"> {
  /** The signed-in person, from the claims of the ID token. */
  readonly user: ComputedRef<User | undefined>
  /** The output of the claims schema; `undefined`, with an `error`, if the claims of the ID token do not match. */
  readonly claims: ComputedRef<C | undefined>
  /** Whether somebody is signed in, online or not. */
  readonly isAuthenticated: ComputedRef<boolean>
  /** Whether the URL and the storage have not been read yet. */
  readonly isLoading: ComputedRef<boolean>
  /** `signed-in`, `renewing`, `offline`, `needs-login` or `signed-out`. */
  readonly status: ComputedRef<LoginStatus>
  /** The last error; removed by the next success. */
  readonly error: ComputedRef<BearerError | undefined>
  /** What the router's guard refused, for the error route. */
  readonly refused: ComputedRef<Refused | undefined>
}

/** The login of the application, for `setup`. Throws if none is installed. */
export const useAuth = (): UseAuth<ClaimsOf<RegisteredAuth>> => {
  const auth = injectAuth()
  const state = useState(auth)
  const read = computed(() => readState(auth.options, state.value))
  const { login, logout, token } = auth
  return {
    user: computed(() => state.value.claims && userOf(state.value.claims)),
    claims: computed(() => read.value.claims),
    isAuthenticated: computed(() => isHeld(state.value.status)),
    isLoading: computed(() => !state.value.ready),
    status: computed(() => state.value.status),
    error: computed(() => read.value.error),
    refused: computed(() => auth.refused.value),
    login,
    logout,
    token,
  }
}

/** The state; while a server's page is hydrated the one that the server had, so that both render the same. */
const useState = ({ state }: Pick<Auth, "state">): ComputedRef<LoginState> => {
  // a node that is shown again has an element too, but none that is in the page
  const hydrating = shallowRef(getCurrentInstance()?.vnode.el?.["isConnected"] === true)
  if (hydrating.value) onMounted(() => (hydrating.value = false))
  return computed(() => (hydrating.value ? unknownYet : state.value))
}

const unknownYet: LoginState = { status: "signed-out", ready: false, claims: undefined, error: undefined }

const readState = <C>({ claims: schema }: Auth<C>["options"], { claims, error }: LoginState) => {
  if (schema === undefined || claims === undefined) return { claims: claims as C | undefined, error }
  try {
    return { claims: typedClaims(schema, claims), error }
  } catch (thrown) {
    if (!(thrown instanceof BearerError)) throw thrown
    return { claims: undefined, error: error ?? thrown }
  }
}
