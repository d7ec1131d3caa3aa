import * as Effect from "effect/Effect"
import type { CallError } from "../errors/call-error.ts"
import { failed } from "./send.ts"

/** The first argument of `fetch`: a generated client passes a `Request`. */
export type FetchInput = string | URL | Request

/** An address, and the rest of what `fetch` is called with. */
export type RequestParts = readonly [url: string | URL, init: RequestInit | undefined]

/**
 * The address and the rest of what `fetch` was called with. The body of a `Request` is read before, so that it can be sent
 * again; what must not be held in memory goes in `init.body`. Its `redirect` does not count, as every `Request` has one.
 * Fails with `InvalidOptions` if the body was read already; a body that fails is a defect.
 */
export const requestParts = (input: FetchInput, init?: RequestInit): Effect.Effect<RequestParts, CallError> => {
  if (!(input instanceof Request)) return Effect.succeed([input, init])
  const { url, method, headers, credentials, cache, keepalive, signal } = input
  return Effect.map(init?.body === undefined ? bodyOf(input) : Effect.undefined, (body) => {
    const own = { method, headers, credentials, cache, keepalive, signal, body }
    return [url, { ...present(own), ...present({ ...init }) }]
  })
}

/** The signal that aborts the call, including reading the body. */
export const signalOf = (input: FetchInput, init?: RequestInit): AbortSignal | null | undefined =>
  init?.signal ?? (input instanceof Request ? input.signal : undefined)

/** Reads the body as text if it certainly is text. */
const bodyOf = (request: Request): Effect.Effect<string | ArrayBuffer | undefined, CallError> => {
  if (request.body === null) return Effect.undefined
  if (request.bodyUsed)
    return failed({ _tag: "InvalidOptions", field: "request", problem: "has a body that was read already" })
  const isText = isJson.test(request.headers.get("content-type") ?? "")
  return Effect.promise<string | ArrayBuffer>(() => (isText ? request.text() : request.arrayBuffer()))
}

/** JSON is UTF-8 (RFC 8259 §8.1). */
const isJson = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i

/** Not every platform has every member, or accepts one that is undefined. */
const present = (members: object): RequestInit =>
  Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined))
