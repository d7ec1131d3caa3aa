import { type Answer, Http, type HttpError } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import { durationText } from "../inspect/duration-text.ts"
import { type Finding, findings } from "./finding.ts"
import type { CheckContext } from "./check-context.ts"

const { ok, warn, fail } = findings("clock")

/** Whether this machine's clock and the issuer's agree: tokens depend on the time. */
export const checkClock = ({ issuer }: CheckContext): Effect.Effect<ReadonlyArray<Finding>, HttpError, Http> =>
  Effect.gen(function* () {
    const http = yield* Http
    const sent = Date.now()
    const answer = yield* http.ask(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`)
    return [compare(answer, sent)]
  })

const compare = ({ headers, receivedAt }: Answer, sent: number): Finding => {
  const date = Date.parse(headers.get("date") ?? "")
  if (Number.isNaN(date) || headers.has("age")) {
    return warn("The issuer does not tell its time (Date).", "Compare the clocks by hand: both machines need NTP.")
  }
  // a time in whole seconds, taken between sending and receiving
  const behind = Math.max(0, date - receivedAt)
  const ahead = Math.max(0, sent - date - 1000)
  const seconds = Math.round(Math.max(behind, ahead) / 1000)
  if (seconds <= tolerance) return ok("This machine's clock and the issuer's agree.")
  const what = `This machine's clock is ${durationText(seconds)} ${behind > 0 ? "behind" : "ahead of"} the issuer's.`
  const fix = "Set the wrong one right, with NTP: tokens look expired or not yet valid."
  return seconds > 60 ? fail(what, fix) : warn(what, fix)
}

/** Seconds by which verifiers let clocks differ. */
const tolerance = 5
