import * as Effect from "effect/Effect"
import { CommandError } from "../command-error.ts"
import { readBytes, readText } from "../input/read-source.ts"
import type { RequestOptions } from "../option/request.ts"

/** The maximum size of a request's body in bytes. */
const maxBody = 64 * 1024 * 1024

/** The request that the options describe, with its data and headers read. */
export const requestInit: (options: RequestOptions) => Effect.Effect<RequestInit, CommandError> = Effect.fnUntraced(
  function* ({ method, dataFile, headers: lines }) {
    const headers = new Headers()
    for (const line of lines) {
      for (const header of line.startsWith("@") ? yield* headerFile(line.slice(1)) : [line]) {
        yield* append(headers, header, line.startsWith("@"))
      }
    }
    const chosen = (method ?? (dataFile === undefined ? "GET" : "POST")).toUpperCase()
    if (!/^[A-Z][A-Z-]{0,30}$/.test(chosen) || ["CONNECT", "TRACE", "TRACK"].includes(chosen)) return yield* badMethod
    if (dataFile === undefined) return { method: chosen, headers }
    if (chosen === "GET" || chosen === "HEAD") return yield* noBody
    const body = yield* Effect.mapError(readBytes(dataFile, maxBody), (problem) => unusable("--data-file", problem))
    if (!headers.has("content-type")) headers.set("content-type", "application/json")
    return { method: chosen, headers, body }
  },
)

const headerFile = (file: string): Effect.Effect<ReadonlyArray<string>, CommandError> =>
  readText(file).pipe(
    Effect.mapError((problem) => unusable("--header", problem)),
    Effect.map((text) => text.split(/\r?\n/).filter((line) => line.trim() !== "")),
  )

/** A secret in an argument is visible to others, and the token's header is set by the command. */
const append = (headers: Headers, line: string, fromFile: boolean): Effect.Effect<void, CommandError> => {
  const [, name = "", value = ""] = /^([^:]*):(.*)$/.exec(line) ?? []
  if (name.toLowerCase() === "authorization") return Effect.fail(ownHeader)
  if (!fromFile && secretNames.test(name)) return Effect.fail(secretHeader(name))
  return Effect.try({ try: () => headers.append(name, value.trim()), catch: () => badHeader })
}

const secretNames = /^(?:cookie|proxy-authorization|x-api-key|api-key|x-auth-token)$/i

const usage = (what: string, fix: string): CommandError => new CommandError({ code: "usage", what, fix })

const badMethod = usage("The method is not one of HTTP.", "Pass one such as GET, POST, PUT, PATCH or DELETE.")
const noBody = usage("A GET or HEAD request has no data.", "Leave out --data-file, or pass --method POST.")
const badHeader = usage(
  "A --header is not of the form 'Name: value'.",
  "Pass it in that form, or @FILE with one on each line.",
)
const ownHeader = usage(
  "The header Authorization is set by the command.",
  "Leave it out: the token comes from the issuer.",
)

const secretHeader = (name: string): CommandError =>
  new CommandError({
    code: "secret_in_arguments",
    what: `The header ${name} is refused: arguments can be read by every user of this machine.`,
    fix: "Put the line into a file and pass --header @FILE.",
  })

const unusable = (option: string, problem: string): CommandError =>
  usage(`What ${option} names ${problem}.`, "Give a file, a pipe, or - for stdin.")
