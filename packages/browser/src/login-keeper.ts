import {
  type AcquireError,
  isHeld,
  Login,
  loginEventOf,
  type Runner,
  type StoreError,
  type TargetInput,
  toBearerError,
  TokenProvider,
} from "@bearerkit/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { makeAlarm } from "./alarm.ts"
import { type Channel, openChannel, type TabEvent } from "./channel.ts"
import type { ObservedState } from "./login-state.ts"
import { oneAtATime } from "./one-at-a-time.ts"
import type { Page } from "./page.ts"

/** Keeps the state in step with the store, the clock, the network and the other tabs. */
export interface LoginKeeper {
  /** Looks for the first time, and goes on from then; `completed`: somebody has just signed in here. */
  readonly begin: (page: Page, completed: boolean) => Promise<void>
  /** The same work; the state follows what goes wrong with it. */
  readonly following: <A, R>(work: Work<A, R>) => Work<A, R>
  /** Ends the login here and in the other tabs; gives its ID token. */
  readonly signOut: () => Promise<Redacted.Redacted<string> | undefined>
  readonly end: () => void
}

type Work<A, R> = Effect.Effect<A, AcquireError | StoreError, R>

export interface Keeping {
  readonly runner: Runner<Login | TokenProvider>
  readonly state: ObservedState
  /** What the login is for. */
  readonly own: TargetInput
  /** Whether the tabs keep one login together. */
  readonly shared: boolean
  /** The name under which the tabs hear of each other. */
  readonly channel: string
}

export const makeLoginKeeper = ({ runner, state, own, shared, channel }: Keeping): LoginKeeper => {
  const { run } = runner
  const closed = new AbortController()
  let page: Page | undefined
  let tabs: Channel | undefined
  let login: string | undefined
  /** Of the own token, in epoch milliseconds. */
  let endsAt: number | undefined

  const following: LoginKeeper["following"] = (work) =>
    Effect.tapError(work, (error) =>
      Effect.sync(() => state.follow(loginEventOf(error), { error: toBearerError(error) })),
    )

  const glance = Effect.gen(function* () {
    const provider = yield* TokenProvider
    const current = yield* Login.use((each) => each.current)
    const isOther = current?.id !== login
    if (isOther) {
      yield* provider.forget
      login = current?.id
      endsAt = undefined
    }
    if (current === undefined) return state.follow("expired")
    const { claims } = current
    if (isOther) state.follow("begun", { claims })
    const isOver = endsAt !== undefined && endsAt <= (yield* Clock.currentTimeMillis)
    if (isOver) state.follow("renewing")
    endsAt = (yield* provider.token(own)).expiresAt
    state.follow(isHeld(state.get().status) ? "renewed" : "begun", { claims })
    if (page?.isOnline() === false) state.follow("unreachable")
    if (isOver) tabs?.publish({ type: "renewed", login })
  })

  const look = oneAtATime(async () => {
    await run(following(glance), { signal: closed.signal }).catch(() => {})
    const { status } = state.get()
    if (status === "offline") alarm.setAfter(patience)
    else if (isHeld(status) && endsAt !== undefined) alarm.setAt(endsAt)
    else alarm.turnOff()
  })
  const alarm = makeAlarm(runner, () => {
    if (page?.isVisible() === true) void look()
  })

  const hear = async ({ type, login }: TabEvent): Promise<void> => {
    if (type === "renewed" && state.get().status === "signed-in") return
    if (type === "signed-out" && (await run(endHere(login, shared)))) state.follow("ended")
    await look()
    if (type === "signed-in") state.follow("elsewhere")
  }

  return {
    following,
    begin: async (itsPage, completed) => {
      if (closed.signal.aborted) return
      page = itsPage
      tabs = openChannel(channel, (event) => void hear(event).catch(() => {}))
      const stop = page.listen((change) => (change === "lost" ? state.follow("unreachable") : void look()))
      closed.signal.addEventListener("abort", () => {
        stop()
        alarm.turnOff()
        tabs?.close()
      })
      await look()
      if (completed) tabs.publish({ type: "signed-in", login })
    },
    signOut: async () => {
      const current = await run(Login.use((each) => each.current))
      tabs?.publish({ type: "signed-out", login: current?.id })
      state.follow("ended")
      try {
        await run(Login.use((each) => each.signOut))
      } finally {
        await look()
      }
      return current?.idToken
    },
    end: () => closed.abort(),
  }
}

/** Ends a tab's own login whoever signed out, and one that the tabs share if it is still the same; whether it is over. */
const endHere = Effect.fnUntraced(function* (ended: string | undefined, shared: boolean) {
  const login = yield* Login
  const current = yield* login.current
  if (shared && current !== undefined && current.id !== ended) return false
  yield* shared ? login.end : login.signOut
  return true
})

/** Milliseconds until an issuer that could not be reached is asked again. */
const patience = 30_000
