import type { BearerError, Claims, LoginStatus } from "@bearerkit/core"

/** The state of a page's login: an immutable object, replaced at each change. */
export interface LoginState {
  readonly status: LoginStatus
  /** Whether the URL and the storage have been read. */
  readonly ready: boolean
  /** The claims of the ID token, if there is one, while somebody is signed in. */
  readonly claims: Claims | undefined
  /** The last error; removed by the next success. */
  readonly error: BearerError | undefined
}

export interface ObservedState {
  readonly get: () => LoginState
  readonly subscribe: (listener: (state: LoginState) => void) => () => void
  readonly change: (changes: Partial<LoginState>) => void
}

/** The state and its listeners, which are called from the time it is ready. */
export const makeObservedState = (): ObservedState => {
  const listeners = new Set<(state: LoginState) => void>()
  let state: LoginState = { status: "signed-out", ready: false, claims: undefined, error: undefined }

  const change = (changes: Partial<LoginState>): void => {
    const next: Writable = { ...state, ...changes }
    // made anew each time, so equal ones are not the same object
    if (JSON.stringify(next.claims) === JSON.stringify(state.claims)) next.claims = state.claims
    if (textOf(next) === textOf(state)) next.error = state.error
    if (Object.keys(next).every((key) => next[key as keyof LoginState] === state[key as keyof LoginState])) return
    state = next
    if (state.ready) for (const listener of listeners) tell(listener, state)
  }

  return {
    get: () => state,
    subscribe: (listener) => {
      const own = (state: LoginState): void => listener(state)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    change,
  }
}

const textOf = ({ error }: LoginState): string => `${error?.code} ${error}`

/** Calls a listener of the application; what it throws is an uncaught error and stops nothing here. */
export const tell = <A>(listener: (news: A) => void, news: A): void => {
  try {
    listener(news)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

type Writable = { -readonly [Key in keyof LoginState]: LoginState[Key] }
