import { BearerError, type WebProblem } from "@bearerkit/hono"
import { UnexpectedAnswer } from "./call.ts"

export const noSuchPage: WebProblem = {
  status: 404,
  title: "There is no such page",
  detail: "The address may have been mistyped.",
  code: "not_found",
}

/** What may be told of an error: its code, and never its message, which is for the operator. */
export const problemOf = (error: Error, path: string): WebProblem => {
  if (error instanceof UnexpectedAnswer) return { ...unavailable, status: 502, detail: error.message }
  if (!(error instanceof BearerError)) return failed
  const { code, retryable } = error
  if (code === "login_required") return { ...signedOut, again: `/login?${new URLSearchParams({ returnTo: path })}` }
  return retryable ? { ...unavailable, code } : { ...refused, code }
}

const signedOut: WebProblem = {
  status: 401,
  title: "You are signed out",
  detail: "Your session has ended. Sign in to go on.",
  code: "login_required",
}
const unavailable: WebProblem = {
  status: 503,
  title: "Not available",
  detail: "This is not possible at the moment. Try again a little later.",
  code: "unavailable",
}
const refused: WebProblem = {
  status: 502,
  title: "This was refused",
  detail: "The issuer gave no token for this. The operator of this application can tell why.",
  code: "refused",
}
const failed: WebProblem = {
  status: 500,
  title: "Something went wrong",
  detail: "This is not your fault. The operator of this application can tell why.",
  code: "internal",
}
