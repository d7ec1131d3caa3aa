import { Lock, TokenStore, type TokenStorage } from "@bearerkit/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { makeWebLock } from "../lock/web-lock.ts"

/** A store that several tabs may share, and the lock among them. */
export const inTabs = (makeStore: () => TokenStore["Service"]): TokenStorage["services"] =>
  Effect.sync(() => Context.make(TokenStore, makeStore()).pipe(Context.add(Lock, makeWebLock())))
