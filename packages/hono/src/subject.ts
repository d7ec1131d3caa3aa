import { bearer, BearerError, type Subject, WebSession } from "@bearerkit/core"
import type { Context } from "hono"
import { callerOf } from "./guard.ts"

/** On whose behalf a request is answered: the caller's that `bearerAuth` has let in, else the session's. */
export const subjectOf = (c: Context): Subject => {
  const caller = callerOf(c)
  if (caller !== undefined) return bearer(caller.token)
  const session: unknown = c.get("session")
  if (session instanceof WebSession) return session.subject
  const fix = "Put bearerAuth(...) or login.session with login.requireLogin() before it, on the same path."
  throw new BearerError("login_required", `There is nobody on whose behalf this could be done. ${fix}`, { fix })
}
