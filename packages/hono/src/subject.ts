import { bearer, BearerError, type Subject, WebSession } from "@bearerkit/core"
import type { Context } from "hono"
import { callerOf, wasGuarded } from "./guard.ts"

/** The subject of a request: the caller of `bearerAuth`, else the session's person. */
export const subjectOf = (c: Context): Subject => {
  const subject = findSubject(c)
  if (subject !== undefined) return subject
  const fix = "Put bearerAuth(...) or login.session with login.requireLogin() before it, on the same path."
  throw new BearerError("login_required", `There is nobody on whose behalf this could be done. ${fix}`, {
    fix,
  })
}

/** The same; `undefined` if a caller or session was looked for but there is none. */
export const subjectIfAny = (c: Context): Subject | undefined =>
  wasGuarded(c) || Object.hasOwn(c.var, "session") ? findSubject(c) : subjectOf(c)

const findSubject = (c: Context): Subject | undefined => {
  const caller = callerOf(c)
  if (caller !== undefined) return bearer(caller.token, caller.verified.expiresAt)
  const session: unknown = c.get("session")
  return session instanceof WebSession ? session.subject : undefined
}
