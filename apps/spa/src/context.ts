import type { Claims } from "@bearerkit/browser"
import type { Auth } from "@bearerkit/vue"
import { inject, type InjectionKey } from "vue"
import type { PageClock } from "./clock.ts"
import type { Choice, World } from "./settings.ts"

/** What the pages of this application share. */
export interface Context {
  readonly auth: Auth<Claims>
  readonly clock: PageClock
  readonly world: World
  readonly choice: Choice
}

export const contextKey: InjectionKey<Context> = Symbol("context")

export const useContext = (): Context => {
  const context = inject(contextKey)
  if (context === undefined) throw new Error("The application provides no context.")
  return context
}
