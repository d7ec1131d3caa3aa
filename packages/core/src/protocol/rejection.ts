import * as Result from "effect/Result"
import { AcquireError, type RejectionCode } from "../errors/acquire-error.ts"
import type { Answer } from "../http/client.ts"
import { parseRetryAfter } from "../http/retry-after.ts"
import { unavailable } from "../http/status.ts"
import { type JsonObject, own, parseJsonObject } from "../model/json.ts"
import { printable } from "../model/printable.ts"
import { malformedAnswer } from "./malformed.ts"
import { secretsOf, type SentRequest } from "./request-secrets.ts"

/** A server's error answer, from whichever members it uses. */
export interface Refusal {
  readonly error: string
  readonly description: string | undefined
}

/** What a refusal is that only some endpoints give. */
export interface RareRefusal {
  readonly code: RejectionCode
  /** What to do about it. */
  readonly fix: string
}

/** Maps a refusal to a code; `undefined` leaves it to the status. */
export type Classify = (refusal: Refusal, status: number) => RareRefusal | RejectionCode | undefined

export interface RejectionContext extends SentRequest {
  /** Whether the request carried a signed timestamp, so that a wrong clock may be the cause. */
  readonly signed: boolean
  readonly classify?: Classify | undefined
}

/**
 * Makes a typed error of a response that is not a success.
 *
 * @see RFC 6749 §5.2, RFC 8693 §2.2.2, RFC 8707 §2
 */
export const rejection = (answer: Answer, { signed, classify, ...sent }: RejectionContext): AcquireError => {
  const refusal = refusalOf(answer, secretsOf(sent))
  const ruling = refusal && (classify?.(refusal, answer.status) ?? standard(refusal, answer.status))
  const { code, fix } = typeof ruling === "object" ? ruling : { code: ruling }
  const away = code === undefined ? unavailable(answer) : undefined
  if (away !== undefined) {
    return new AcquireError({ reason: { ...away, ...(refusal !== undefined && { error: refusal.error }) } })
  }
  if (refusal === undefined) return unreadable(answer)
  const retryAfter = parseRetryAfter(answer.headers, answer.receivedAt)
  const timed = code === "invalid_dpop_proof" || (signed && (code === "invalid_client" || code === "invalid_grant"))
  const ahead = timed ? clockAhead(answer) : undefined
  return new AcquireError({
    reason: {
      _tag: "Rejected",
      code: code ?? "rejected",
      url: answer.url,
      status: answer.status,
      error: refusal.error,
      ...(refusal.description !== undefined && { description: refusal.description }),
      ...(fix !== undefined && { fix }),
      ...(retryAfter !== undefined && { retryAfter }),
      ...(ahead !== undefined && { clockAheadSeconds: ahead }),
    },
  })
}

const standard: Classify = ({ error }, status) => {
  if (/^(?:consent|interaction|login|mfa)_required$/.test(error)) return "interaction_required"
  return codes.find((code) => code === error) ?? (status === 401 ? "invalid_client" : undefined)
}

/** Those that a server names as we do. */
const codes: ReadonlyArray<RejectionCode> = [
  "access_denied",
  "invalid_client",
  "invalid_dpop_proof",
  "invalid_grant",
  "invalid_request",
  "invalid_scope",
  "invalid_target",
  "too_many_attempts",
  "unauthorized_client",
  "unsupported_grant_type",
  "use_dpop_nonce",
]

const refusalOf = (answer: Answer, secrets: ReadonlyArray<string>): Refusal | undefined => {
  const clean = (text: string, limit?: number): string =>
    printable(
      secrets.reduce((rest, secret) => rest.replaceAll(secret, "[removed]"), text.slice(0, 4096)),
      limit,
    )
  const json = parseJsonObject(answer.body)
  if (Result.isFailure(json)) return plainRefusal(answer, clean)
  const error = firstText(json.success, ["error", "code"])
  const description = firstText(json.success, ["error_description", "description", "message"])
  if (error === undefined) return undefined
  return { error: clean(error, 100), description: description === undefined ? undefined : clean(description) }
}

/** Old servers refuse with a word of plain text, or with an empty body. */
const plainRefusal = (answer: Answer, clean: (text: string, limit?: number) => string): Refusal | undefined => {
  const plain = answer.body === "" || answer.headers.get("content-type")?.startsWith("text/plain") === true
  if (!plain || answer.status < 400 || answer.status >= 500) return undefined
  return { error: clean(answer.body, 100) || `status ${answer.status}`, description: undefined }
}

/** Legacy endpoints use `code` for `error`, and `description` or `message` for the text. */
const firstText = (json: JsonObject, members: ReadonlyArray<string>): string | undefined => {
  for (const member of members) {
    const value = own(json, member)
    if (typeof value === "string" && value.trim() !== "") return value
  }
  return undefined
}

const unreadable = (answer: Answer): AcquireError => {
  const type = printable(answer.headers.get("content-type")?.split(";")[0] ?? "no content type", 60)
  const problem = `status ${answer.status} with ${type} instead of an OAuth error (RFC 6749 §5.2)`
  return malformedAnswer(answer, problem)
}

/** Seconds by which this machine is ahead of the server's `Date` header, if that is more than half a minute. */
const clockAhead = (answer: Answer): number | undefined => {
  const date = Date.parse(answer.headers.get("date") ?? "")
  const seconds = Math.round((answer.receivedAt - date) / 1000)
  return Math.abs(seconds) > 30 ? seconds : undefined
}
