import { styleText } from "node:util"
import { BearerError } from "@bearerkit/node"
import type { Outcome } from "./step/step.ts"
import type { World } from "./world/world.ts"

/** Where the tour is told. */
export interface Reporter {
  readonly welcome: (world: World) => void
  readonly outcome: (outcome: Outcome) => void
  readonly farewell: (held: boolean) => void
}

/** One JSON object per line on stdout, and nothing else there. */
export const jsonReporter = (): Reporter => ({
  welcome: () => {},
  outcome: (outcome) => process.stdout.write(`${JSON.stringify(rowOf(outcome))}\n`),
  farewell: () => {},
})

const rowOf = (outcome: Outcome): Readonly<Record<string, unknown>> => {
  if ("skipped" in outcome) return outcome
  const { step, ok, ms } = outcome
  return { step, ok, ms, detail: outcome.ok ? outcome.told.detail : errorOf(outcome.error) }
}

const errorOf = (error: Error): Readonly<Record<string, unknown>> =>
  error instanceof BearerError ? { code: error.code, message: error.message } : { message: error.message }

/** A readable line per step. */
export const textReporter = (): Reporter => ({
  welcome: ({ issuer, api, web, noLdap, noRedis }) =>
    print(
      "BearerKit: every way to a token, and an API that checks it",
      `  issuer  ${issuer.url}  (for development and tests only)`,
      `  API     ${api.url}`,
      `  web app ${web.url}`,
      ...(noLdap === undefined ? [] : [`  no LDAP directory: ${noLdap}`]),
      ...(noRedis === undefined ? [] : [`  no Redis: ${noRedis}`]),
      "",
    ),
  outcome: (outcome) => {
    if ("skipped" in outcome) return print(`${yellow("-")} ${name(outcome.step)} skipped: ${outcome.skipped}`)
    const time = grey(`${outcome.ms} ms`)
    if (outcome.ok) return print(`${green("✓")} ${name(outcome.step)} ${outcome.told.line} ${time}`)
    return print(`${red("✗")} ${name(outcome.step)} ${outcome.error.message} ${time}`)
  },
  farewell: (held) => print("", held ? green("Every step held.") : red("Not every step held.")),
})

/** Prints lines for people on stdout. */
export const print = (...lines: ReadonlyArray<string>): void => void process.stdout.write(`${lines.join("\n")}\n`)

const name = (step: string): string => step.padEnd(33)

type Colour = Parameters<typeof styleText>[0]
const paint =
  (colour: Colour) =>
  (text: string): string =>
    styleText(colour, text, { stream: process.stdout })
const [green, red, yellow, grey] = [paint("green"), paint("red"), paint("yellow"), paint("gray")] as const
