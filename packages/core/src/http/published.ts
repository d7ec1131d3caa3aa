import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { HttpError } from "../errors/http-error.ts"
import type { Invalid } from "../model/invalid.ts"
import type { JsonObject } from "../model/json.ts"
import { type Answer, jsonOf } from "./client.ts"
import { unavailable } from "./status.ts"

/** Parses the document of an answer; `name` completes "instead of". */
export const published = Effect.fnUntraced(function* <A>(
  answer: Answer,
  name: string,
  parse: (json: JsonObject) => Result.Result<A, Invalid>,
): Effect.fn.Return<A, HttpError> {
  const reason = unavailable(answer)
  if (reason !== undefined) return yield* new HttpError({ reason })
  if (answer.status !== 200) return yield* malformed(answer, `status ${answer.status} instead of ${name}`)
  const parsed = parse(yield* jsonOf(answer))
  if (Result.isSuccess(parsed)) return parsed.success
  const { field, problem } = parsed.failure
  return yield* malformed(answer, `the member ${field} ${problem}`)
})

const malformed = ({ url }: Answer, problem: string): HttpError =>
  new HttpError({ reason: { _tag: "MalformedResponse", url, problem } })
