import * as Effect from "effect/Effect"
import { Readable } from "node:stream"
import { CommandError } from "../command-error.ts"
import { printable } from "../output/printable.ts"
import { printChunk } from "../output/write.ts"

/** Streams the body to stdout, after status and headers if requested, while somebody reads it. */
export const printResponse: (
  response: Response,
  options: { readonly include: boolean },
) => Effect.Effect<void, CommandError> = Effect.fnUntraced(function* (response, { include }) {
  let reading = include ? yield* printChunk(headOf(response)) : true
  if (response.body === null) return
  const body = Readable.fromWeb(response.body)
  const chunks = body[Symbol.asyncIterator]()
  while (reading) {
    const { done, value } = yield* Effect.tryPromise({ try: () => chunks.next(), catch: () => brokenOff })
    if (done === true) return
    reading = yield* printChunk(value)
  }
  body.destroy()
})

/** Fails for a status of 400 and above, with a code by what to do about it. */
export const checkStatus = (
  { status, headers }: Response,
  { delegated }: { readonly delegated: boolean },
): Effect.Effect<void, CommandError> => {
  if (status < 400) return Effect.void
  const what = `The API answered with status ${status}.`
  const retryAfter = Number(headers.get("retry-after") ?? Number.NaN)
  const refused = (code: CommandError["code"], fix: string): Effect.Effect<never, CommandError> =>
    Effect.fail(
      new CommandError({
        code,
        what,
        fix,
        status,
        retryable: code === "api_throttled" || code === "api_unavailable",
        ...(Number.isFinite(retryAfter) && { retryAfter }),
      }),
    )
  if (status === 401 || status === 403) {
    const culprit = delegated ? "the token in --as and the delegation rules of the issuer" : "--audience and --scope"
    return refused("api_denied", `Check ${culprit}; bearerkit inspect says what a token allows.`)
  }
  if (status === 429) return refused("api_throttled", "Wait before the next call.")
  if (status === 408 || status >= 500)
    return refused("api_unavailable", "Try again later; the API says more in its body.")
  return refused("api_refused", "Correct the request; the API says more in its body.")
}

const headOf = ({ status, statusText, headers }: Response): string => {
  const lines = [...headers].map(([name, value]) => `${name}: ${printable(value)}`)
  return `${[`HTTP ${status} ${printable(statusText)}`.trimEnd(), ...lines].join("\n")}\n\n`
}

const brokenOff = new CommandError({
  code: "unreachable",
  what: "The API's answer broke off.",
  fix: "Try again; what is on stdout is not the whole answer.",
  retryable: true,
})
