import type { AcquireError } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"

/**
 * How it stands with a person's login. `offline`: signed in, and the issuer cannot be reached. `needs-login`: somebody was
 * signed in, or is elsewhere in this browser, and only a person can go on.
 */
export type LoginStatus = "needs-login" | "offline" | "renewing" | "signed-in" | "signed-out"

/**
 * What happens to a login. `begun`, `ended`: by a person. `elsewhere`: somebody signed in where the tokens cannot be
 * reached. `expired`: it is gone or cannot be renewed, and nobody has signed out. `renewing`: the token has ended and a new one is
 * under way. `renewed`: no longer. `unreachable`: the network is lost.
 */
export type LoginEvent = "begun" | "elsewhere" | "ended" | "expired" | "renewed" | "renewing" | "unreachable"

/** The status after an event. A lost network never signs anybody out, and never in. */
export const loginStatus = (status: LoginStatus, event: LoginEvent): LoginStatus => {
  const held = isHeld(status)
  switch (event) {
    case "begun":
      return "signed-in"
    case "ended":
      return "signed-out"
    case "elsewhere":
      return held ? status : "needs-login"
    case "expired":
      return held ? "needs-login" : status
    case "renewing":
      return held ? "renewing" : status
    case "unreachable":
      return held ? "offline" : status
    case "renewed":
      return held ? "signed-in" : status
  }
}

/** Whether there is a login, usable at this moment or not. */
export const isHeld = (status: LoginStatus): boolean => status !== "signed-out" && status !== "needs-login"

/** What it says of the login that no token could be had. */
export const loginEventOf = ({ reason }: AcquireError | StoreError): LoginEvent => {
  switch (reason._tag) {
    // whoever the issuer knows there, it is not who was signed in
    case "IdTokenRefused":
    case "LoginRequired":
      return "expired"
    case "TimedOut":
    case "Unavailable":
    case "Unreachable":
      return "unreachable"
    default:
      return "renewed"
  }
}
