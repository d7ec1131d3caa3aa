import type { Claims, LogoutOptions } from "@bearerkit/browser"
import type { Auth } from "@bearerkit/vue"
import { inject, type InjectionKey, type ShallowRef } from "vue"
import type { PageClock } from "./clock.ts"
import type { Choice, World } from "./settings.ts"

/** What the pages of this application share. */
export interface Context {
  readonly auth: Auth<Claims>
  readonly clock: PageClock
  readonly world: World
  /** By which this page was made. */
  readonly choice: Choice
  /** Signs in by another, for this page and the next ones. */
  readonly signIn: (choice: Choice) => void
  readonly signOut: (options?: LogoutOptions) => void
  /** What went wrong with signing in or out. */
  readonly problem: ShallowRef<unknown>
}

export const contextKey: InjectionKey<Context> = Symbol("context")

export const useContext = (): Context => {
  const context = inject(contextKey)
  if (context === undefined) throw new Error("The application provides no context.")
  return context
}
