import {
  type AcquireError,
  type BearerError,
  type CurrentLogin,
  isHeld,
  Login,
  loginRequired,
  loginStatus,
  type Runner,
  type StoreError,
  type TargetInput,
  toBearerError,
  type Token,
  TokenProvider,
} from "@bearerkit/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { makeAlarm } from "./alarm.ts"
import { type Channel, openChannel, type TabEvent } from "./channel.ts"
import type { LoginState, ObservedState } from "./login-state.ts"
import { oneAtATime } from "./one-at-a-time.ts"
import type { Page } from "./page.ts"
import type { PendingLogins } from "./pending-login.ts"

/** Keeps the state in step with the store, the clock, the network and the other tabs. */
export interface LoginKeeper {
  /**
   * Reads the login and follows it from now on. `isCompleted`: somebody has just signed in here. `logins` are told when
   * the person comes back to a page that was kept.
   */
  readonly begin: (page: Page, isCompleted: boolean, logins: Pick<PendingLogins, "missed">) => Promise<void>
  /** Reads the login again, and tells the other tabs that somebody has signed in here. */
  readonly completed: () => Promise<void>
  /** The id of the login in the state. */
  readonly id: () => string | undefined
  /** The person of that login. */
  readonly who: () => string | undefined
  /** Fails if another person than this one is signed in. */
  readonly stillHere: (asked: string | undefined) => Effect.Effect<void, AcquireError>
  /** Fails if the token is another person's than the one who is signed in at the call. */
  readonly theirs: (work: Work<Token>) => Work<Token>
  /** The same work for the client's own token; the state follows its outcome. */
  readonly following: <A, R>(work: Work<A, R>) => Work<A, R>
  /** The same work for anything else; if its outcome suggests a change, the login is read again. */
  readonly heeding: <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Ends the login here and in the other tabs; returns its ID token. */
  readonly signOut: () => Promise<Redacted.Redacted<string> | undefined>
  readonly end: () => void
}

type Work<A, R = never> = Effect.Effect<A, AcquireError | StoreError, R>

export interface Keeping {
  readonly runner: Runner<Login | TokenProvider>
  readonly state: ObservedState
  /** Loads the key that tokens are bound to; runs before the login is read. */
  readonly loadKey: Effect.Effect<void, AcquireError | StoreError>
  /** The target of the login. */
  readonly own: TargetInput
  /** Whether all tabs have one login. */
  readonly shared: boolean
  /** The name of the channel between the tabs. */
  readonly channel: string
}

export const makeLoginKeeper = ({ runner, state, loadKey, own, shared, channel }: Keeping): LoginKeeper => {
  const { run } = runner
  const clock = runner.take(Effect.service(Clock.Clock))
  const closed = new AbortController()
  let page: Page | undefined
  let tabs: Channel | undefined
  /** The login as last read from the store. */
  let login: CurrentLogin | undefined
  /** The id of the login that a person has ended; it may still be read for a while. */
  let ended: string | undefined
  /** The status if there is no login. */
  let absent: LoginState["status"] = "signed-out"
  /** Why the login has no token. */
  let failure: AcquireError | StoreError | undefined

  const isOver = (): boolean => (login?.endsAt ?? 0) <= clock.currentTimeMillisUnsafe()

  /** The state is derived from what is known, not from events. */
  const show = (changes: Partial<LoginState> = {}): void => {
    if (!isOver()) failure = undefined
    const facts = { isOnline: page?.isOnline() !== false, isOver: isOver(), failure }
    const status = login === undefined ? absent : loginStatus(facts)
    const solved = login && !failure && { error: undefined }
    state.change({ ...solved, ...changes, status, claims: isHeld(status) ? login?.claims : undefined })
    if (!isHeld(status)) alarm.turnOff()
    else if (isOver()) alarm.setAfter(patience)
    else alarm.setAt(login?.endsAt ?? 0)
  }

  const glance = Effect.gen(function* () {
    yield* loadKey
    const current = yield* (yield* Login).current
    if (current?.id !== login?.id) {
      failure = undefined
      yield* (yield* TokenProvider).forget
    }
    login = current?.id === ended ? undefined : current
    if (login !== undefined) absent = "needs-login"
    show()
  })
  const read = oneAtATime(() => run(glance, { signal: closed.signal }).catch(unread))
  /** A store that cannot be read does not mean that nobody is signed in. */
  const unread = (error: BearerError): void => {
    if (closed.signal.aborted) return
    if (login === undefined) absent = "needs-login"
    show({ error })
  }

  /** Remembers why there is no token, unless the login has changed meanwhile. */
  const noting: LoginKeeper["following"] = (work) =>
    Effect.suspend(() => {
      const asked = login?.id
      return Effect.tapError(work, (error) =>
        Effect.sync(() => {
          if (asked !== login?.id) return
          failure = error
          show({ error: toBearerError(error) })
          void read()
        }),
      )
    })

  const renew = async (): Promise<void> => {
    if (login === undefined || !isOver()) return
    await run(noting(TokenProvider.use(({ token }) => token(own))), { signal: closed.signal }).catch(() => {})
    await read()
    if (!isOver()) tabs?.publish({ type: "renewed", login: login?.id })
  }
  /** Does not wait long for a slow issuer. */
  const look = async (): Promise<void> => {
    await read()
    await run(Effect.raceFirst(Effect.promise(renew), Effect.sleep(short))).catch(() => {})
  }
  const lookLater = Effect.sync(() => void look())
  const alarm = makeAlarm(runner, () => {
    if (page?.isVisible() === true) void look()
  })

  /** A success is a reason to look again at a bad status. */
  const succeeding = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.tap(work, () => (state.get().status === "signed-in" ? Effect.void : lookLater))

  const stillHere: LoginKeeper["stillHere"] = (asked) =>
    asked === undefined || asked === whoIs(login) ? Effect.void : notHere
  const theirs: LoginKeeper["theirs"] = (work) =>
    Effect.suspend(() => {
      const asked = login
      return Effect.tap(work, (token) => {
        if (asked === undefined || token.login === asked.id) return Effect.void
        return Effect.flatMap(Effect.promise(read), () =>
          token.login === login?.id ? stillHere(whoIs(asked)) : notHere,
        )
      })
    })

  /** Somebody has ended a login, here or elsewhere. */
  const over = (id: string | undefined): void => {
    ended = id
    absent = "signed-out"
    login = undefined
    show({ error: undefined })
  }

  const publishLogin = (): void => {
    if (login !== undefined) tabs?.publish({ type: "signed-in", login: login.id })
  }

  const hear = async ({ type, login: id }: TabEvent): Promise<void> => {
    if (type === "asking") return publishLogin()
    if (type === "renewed" && state.get().status === "signed-in") return
    if (type === "signed-in") absent = "needs-login"
    if (type !== "signed-out") return look()
    const isMeant = (found: string | undefined): boolean => !shared || found === id
    const gone = await run(endLogin(isMeant))
    if (login === undefined || isMeant(login.id)) over(gone?.id ?? id)
    else absent = "signed-out"
    await look()
    if (gone !== undefined) await run(gone.revoked)
  }

  const completed: LoginKeeper["completed"] = async () => {
    await look()
    publishLogin()
  }

  return {
    id: () => login?.id,
    who: () => whoIs(login),
    stillHere,
    theirs,
    following: (work) => succeeding(noting(work)),
    heeding: (work) => Effect.tapError(succeeding(work), () => lookLater),
    completed,
    begin: async (itsPage, isCompleted, { missed }) => {
      if (closed.signal.aborted) return
      page = itsPage
      tabs = openChannel(channel, (event) => void hear(event).catch(() => {}))
      const stop = page.listen((change) => {
        if (change === "lost") return show()
        if (change === "back") run(missed(true)).catch(() => {})
        return look()
      })
      closed.signal.addEventListener("abort", () => {
        stop()
        alarm.turnOff()
        tabs?.close()
        tabs = undefined
      })
      await (isCompleted ? completed() : look())
      if (!shared && login === undefined) tabs?.publish({ type: "asking", login: undefined })
    },
    signOut: async () => {
      const gone = await run(endLogin())
      tabs?.publish({ type: "signed-out", login: gone?.id })
      over(gone?.id)
      if (gone !== undefined) await run(gone.revoked)
      return gone?.idToken
    },
    end: () => closed.abort(),
  }
}

const endLogin = (isMeant?: (id: string) => boolean) => Login.use((login) => login.end(isMeant))

/** The subject, or the id of the login if the subject is not known. */
const whoIs = (login: CurrentLogin | undefined): string | undefined => login?.claims?.sub ?? login?.id

const notHere = /*#__PURE__*/ Effect.suspend(() => Effect.fail(notWhoAsked()))

/** Another person is signed in than at the call. */
export const notWhoAsked = (): AcquireError => loginRequired("who asked is not signed in")

/** Milliseconds until an issuer that gave no token is asked again. */
const patience = 30_000
/** Milliseconds that a page waits for a renewal. */
const short = 3000
