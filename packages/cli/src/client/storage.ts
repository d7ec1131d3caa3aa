import { fileStorage, memoryStorage, type TokenStorage } from "@bearerkit/node"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { printable } from "../output/printable.ts"

/** Where the command keeps tokens and logins: this user's private files, unless nothing is to be kept. */
export const storageOf = ({ noStore }: { readonly noStore: boolean }): TokenStorage => {
  const storage = noStore ? memoryStorage() : fileStorage()
  // what cannot be read or written is logged, and stdout is for the result
  return { services: Effect.map(storage.services, Context.add(Logger.CurrentLoggers, new Set([stderrLogger]))) }
}

const stderrLogger = Logger.make<unknown, void>(({ message }) => {
  process.stderr.write(`warning: ${printable([message].flat().join(" "))}\n`)
})
