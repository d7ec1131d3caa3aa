import * as Result from "effect/Result"
import type { Invalid } from "./invalid.ts"

/** A parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether parsed JSON is an object: not a list, not null. */
export const isJsonObject = (json: unknown): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json)

/** The member that an object itself has; what it inherits, such as `constructor`, is none of the sender's. */
export const own = (json: JsonObject, member: string): unknown =>
  Object.hasOwn(json, member) ? json[member] : undefined

/** Parses text as a JSON object; the problem never quotes the text. */
export const parseJsonObject = (text: string): Result.Result<JsonObject, Invalid> => {
  try {
    const json: unknown = JSON.parse(text)
    return isJsonObject(json) ? Result.succeed(json) : Result.fail(notObject)
  } catch {
    return Result.fail(notJson)
  }
}

const notJson: Invalid = { field: "body", problem: "is not JSON" }
const notObject: Invalid = { field: "body", problem: "is not a JSON object" }
