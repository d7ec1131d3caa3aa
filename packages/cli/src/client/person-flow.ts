import {
  deviceCode,
  type DeviceLoginCode,
  type DevicePoll,
  loopback,
  openBrowser,
  type PersonFlow,
} from "@bearerkit/node"
import * as Effect from "effect/Effect"
import { CommandError } from "../command-error.ts"
import type { LoginOptions } from "../option/login.ts"
import type { ReportOptions } from "../option/report.ts"
import { printable, printableJson } from "../output/printable.ts"

export interface PersonFlowContext extends ReportOptions {
  /** Seconds that the person may take. */
  readonly timeout: number
}

/** The way to sign in that the options describe; instructions for the person go to stderr. */
export const personFlow = (
  { device, noBrowser, port, redirectPath }: LoginOptions,
  context: PersonFlowContext,
): Effect.Effect<PersonFlow, CommandError> => {
  if (context.noInput) return Effect.fail(nobody)
  if (device) return Effect.succeed(deviceCode({ onCode: showCode(context), onPoll: showPoll(context) }))
  return Effect.succeed(
    loopback({
      timeout: context.timeout * 1000,
      open: noBrowser ? () => false : openBrowser,
      onUrl: (url) => say(context, `Open this address to sign in:\n${url}`, { open: url }),
      ...(port !== undefined && { port }),
      ...(redirectPath !== undefined && { path: redirectPath }),
    }),
  )
}

const nobody = new CommandError({
  code: "interaction_required",
  what: "A login needs a person, and nobody may be asked (--no-input).",
  fix: "Leave out --no-input, or use a service account: bearerkit token with a client secret or key.",
})

const showCode =
  (context: PersonFlowContext) =>
  ({ userCode, verificationUri, expiresAt }: DeviceLoginCode): void => {
    const minutes = Math.max(1, Math.round((expiresAt - Date.now()) / 60_000))
    const text = `Open ${verificationUri} and enter the code ${userCode} (it holds for ${minutes} min).`
    say(context, text, { open: verificationUri, user_code: userCode, expires_at: Math.floor(expiresAt / 1000) })
  }

/** One line on a terminal, rewritten each time. */
const showPoll = ({ json, quiet }: PersonFlowContext): ((poll: DevicePoll) => void) => {
  const begun = Date.now()
  return ({ outcome, interval }) => {
    if (json || quiet || !process.stderr.isTTY) return
    const waited = Math.round((Date.now() - begun) / 1000)
    const state = outcome === "failed" ? "no answer from the issuer" : "waiting for you to finish"
    process.stderr.write(`\r\u{1b}[K${state} … ${waited} s, asks again in ${interval} s`)
  }
}

/** Printed even with --quiet: without it nobody can sign in. */
const say = ({ json }: PersonFlowContext, text: string, login: object): void => {
  const lines = json ? printableJson({ version: 1, login }) : text.split("\n").map(printable).join("\n")
  process.stderr.write(`${lines}\n`)
}
