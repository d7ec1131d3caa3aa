import type { AcquireError } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"

/**
 * How it stands with a person's login. `renewing`: its token has ended, and there is no new one yet. `offline`: signed in,
 * and the issuer cannot be reached. `needs-login`: somebody was signed in, or is elsewhere in this browser, and only a
 * person can go on.
 */
export type LoginStatus = "needs-login" | "offline" | "renewing" | "signed-in" | "signed-out"

/** What is known of a login that is kept. */
export interface LoginFacts {
  readonly isOnline: boolean
  /** Whether its token has ended. */
  readonly isOver: boolean
  /** Why there is no new one, as far as that is known. */
  readonly failure: AcquireError | StoreError | undefined
}

/** How it stands with a login that is kept. A lost network never signs anybody out. */
export const loginStatus = ({ isOnline, isOver, failure }: LoginFacts): LoginStatus => {
  const outcome = isOver && failure !== undefined ? outcomes[failure.reason._tag] : undefined
  if (outcome === "needs-login") return outcome
  if (!isOnline) return "offline"
  return isOver ? (outcome ?? "renewing") : "signed-in"
}

/** Whether there is a login, usable at this moment or not. */
export const isHeld = (status: LoginStatus): boolean => status !== "signed-out" && status !== "needs-login"

/** What it means for a login that no token could be had; after anything else it is tried again. */
const outcomes: { readonly [Tag in (AcquireError | StoreError)["reason"]["_tag"]]?: LoginStatus } = {
  LoginRequired: "needs-login",
  // whoever the issuer knows there, it is not who was signed in
  IdTokenRefused: "needs-login",
  LockTimeout: "offline",
  TimedOut: "offline",
  Unavailable: "offline",
  Unreachable: "offline",
}
