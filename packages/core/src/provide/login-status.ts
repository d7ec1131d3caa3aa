import type { AcquireError } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"

/**
 * The status of a person's login. `renewing`: its token has expired, and there is no new one yet. `offline`: signed in,
 * but the issuer cannot be reached. `needs-login`: somebody was signed in, or is elsewhere in this browser, and the
 * person has to sign in.
 */
export type LoginStatus = "needs-login" | "offline" | "renewing" | "signed-in" | "signed-out"

/** What is known about a stored login. */
export interface LoginFacts {
  readonly isOnline: boolean
  /** Whether its token has expired. */
  readonly isOver: boolean
  /** Why there is no new one, if known. */
  readonly failure: AcquireError | StoreError | undefined
}

/** The status of a stored login. A lost network never signs anybody out. */
export const loginStatus = ({ isOnline, isOver, failure }: LoginFacts): LoginStatus => {
  const outcome = isOver && failure !== undefined ? outcomes[failure.reason._tag] : undefined
  if (outcome === "needs-login") return outcome
  if (!isOnline) return "offline"
  return isOver ? (outcome ?? "renewing") : "signed-in"
}

/** Whether there is a login, usable now or not. */
export const isHeld = (status: LoginStatus): boolean => status !== "signed-out" && status !== "needs-login"

/** What a failed renewal means for the login; after any other error it is tried again. */
const outcomes: { readonly [Tag in (AcquireError | StoreError)["reason"]["_tag"]]?: LoginStatus } = {
  LoginRequired: "needs-login",
  // the issuer knows another person there than the one who was signed in
  IdTokenRefused: "needs-login",
  LockTimeout: "offline",
  TimedOut: "offline",
  Unavailable: "offline",
  Unreachable: "offline",
}
