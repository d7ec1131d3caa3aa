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
  /** Looks for the first time, and goes on from then; `isCompleted`: somebody has just signed in here. */
  readonly begin: (page: Page, isCompleted: boolean) => Promise<void>
  /** Looks again, and tells the other tabs that somebody has just signed in here. */
  readonly completed: () => Promise<void>
  /** The same work, which gets the own token; the state follows what becomes of it. */
  readonly following: <A, R>(work: Work<A, R>) => Work<A, R>
  /** The same work, which gets another; where it tells that something may have changed, the keeper looks for itself. */
  readonly heeding: <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
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
  /** The id of the login that the state speaks of. */
  let known: string | undefined
  /** Of the own token, in epoch milliseconds. */
  let endsAt: number | undefined

  const failing: LoginKeeper["following"] = (work) =>
    Effect.tapError(work, (error) =>
      Effect.sync(() => state.follow(loginEventOf(error), { error: toBearerError(error) })),
    )
  /** What has worked says more than a status that is bad. */
  const succeeding = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.tap(work, () => (state.get().status === "signed-in" ? Effect.void : lookLater))

  const glance = Effect.gen(function* () {
    const [provider, login] = [yield* TokenProvider, yield* Login]
    const current = yield* login.current
    const isOther = current?.id !== known
    if (isOther) {
      yield* provider.forget
      known = current?.id
      endsAt = undefined
    }
    if (current === undefined) return state.follow("expired")
    if (isOther) state.follow("begun", { claims: current.claims })
    const isOver = endsAt !== undefined && endsAt <= (yield* Clock.currentTimeMillis)
    if (isOver) state.follow("renewing")
    const held = page?.isOnline() === false ? "unreachable" : "renewed"
    const event = isHeld(state.get().status) ? held : "begun"
    endsAt = (yield* provider.token(own)).expiresAt
    // a renewal may have brought a newer ID token
    const claims = (yield* isOver ? login.current : Effect.succeed(current))?.claims
    state.follow(event, { claims })
    if (page?.isOnline() === false) state.follow("unreachable")
    if (isOver) tabs?.publish({ type: "renewed", login: known })
  })

  const look = oneAtATime(async () => {
    const failed = await run(failing(glance), { signal: closed.signal }).then(
      () => false,
      () => true,
    )
    if (!isHeld(state.get().status)) alarm.turnOff()
    else if (failed || endsAt === undefined) alarm.setAfter(patience)
    else alarm.setAt(endsAt)
  })
  const lookLater = Effect.sync(() => void look())
  const alarm = makeAlarm(runner, () => {
    if (page?.isVisible() === true) void look()
  })

  const hear = async ({ type, login }: TabEvent): Promise<void> => {
    if (type === "asking") {
      if (isHeld(state.get().status)) tabs?.publish({ type: "signed-in", login: known })
      return
    }
    if (type === "renewed" && state.get().status === "signed-in") return
    if (type === "signed-out" && (!shared || (await run(endShared(login))))) state.follow("ended")
    if (type === "signed-out" && !shared) await run(signOut)
    await look()
    if (type === "signed-in") state.follow("elsewhere")
  }

  const completed: LoginKeeper["completed"] = async () => {
    await look()
    tabs?.publish({ type: "signed-in", login: known })
  }

  return {
    following: (work) => succeeding(failing(work)),
    heeding: (work) => Effect.tapError(succeeding(work), () => lookLater),
    completed,
    begin: async (itsPage, isCompleted) => {
      if (closed.signal.aborted) return
      page = itsPage
      tabs = openChannel(channel, (event) => void hear(event).catch(() => {}))
      const stop = page.listen((change) => (change === "lost" ? state.follow("unreachable") : look()))
      closed.signal.addEventListener("abort", () => {
        stop()
        alarm.turnOff()
        tabs?.close()
      })
      await (isCompleted ? completed() : look())
      if (!shared && known === undefined) tabs.publish({ type: "asking", login: undefined })
    },
    signOut: async () => {
      const current = await run(Effect.catch(currentLogin, () => Effect.succeed(undefined)))
      tabs?.publish({ type: "signed-out", login: current?.id })
      state.follow("ended")
      try {
        await run(signOut)
      } finally {
        await look()
      }
      return current?.idToken
    },
    end: () => closed.abort(),
  }
}

const currentLogin = /*#__PURE__*/ Login.use((login) => login.current)
const signOut = /*#__PURE__*/ Login.use((login) => login.signOut)

/** Ends the login that all tabs share if it is still the one that was ended elsewhere; whether it is over. */
const endShared = Effect.fnUntraced(function* (ended: string | undefined) {
  const login = yield* Login
  const current = yield* login.current
  if (current !== undefined && current.id !== ended) return false
  yield* login.end
  return true
})

/** Milliseconds until an issuer that gave no token is asked again. */
const patience = 30_000
