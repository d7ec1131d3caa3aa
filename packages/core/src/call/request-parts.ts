import { unlessAborted } from "../http/unless-aborted.ts"
import type { MaybePromise } from "../model/maybe-promise.ts"

/** The first argument of `fetch`: a generated client passes a `Request`. */
export type FetchInput = string | URL | Request

/**
 * The address and the rest of what `fetch` was called with. The body of a `Request` is read before, so that it can be sent
 * again, until its signal ends that; what must not be held in memory goes in `init.body`. Its `redirect` does not count, as
 * every `Request` has one.
 */
export const requestParts = async (
  input: FetchInput,
  init?: RequestInit,
): Promise<readonly [url: string | URL, init: RequestInit | undefined]> => {
  if (!(input instanceof Request)) return [input, init]
  const { url, method, headers, credentials, cache, keepalive, signal } = input
  const read = () => bodyOf(input)
  const body = init?.body === undefined ? await unlessAborted(signalOf(input, init), read) : undefined
  const own = { method, headers, credentials, cache, keepalive, signal, body }
  return [url, { ...present(own), ...present({ ...init }) }]
}

/** The signal that aborts the call, including reading the body. */
export const signalOf = (input: FetchInput, init?: RequestInit): AbortSignal | null | undefined =>
  init?.signal ?? (input instanceof Request ? input.signal : undefined)

/** Reads the body as text if it certainly is text. */
const bodyOf = (request: Request): MaybePromise<string | ArrayBuffer | undefined> => {
  if (request.body === null) return undefined
  return isJson.test(request.headers.get("content-type") ?? "") ? request.text() : request.arrayBuffer()
}

/** JSON is UTF-8 (RFC 8259 §8.1). */
const isJson = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i

/** Not every platform has every member, or accepts one that is undefined. */
const present = (members: object): RequestInit =>
  Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined))
