import {
  type AnswerHeaders,
  boundedDecoder,
  byFetch,
  type Exchange,
  type ExchangedAnswer,
  type Reading,
} from "@bearerkit/core"
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http"
import type { Readable } from "node:stream"

/**
 * Asks through Node's own HTTP client, in less than half of the time that its `fetch` takes. Whoever put another `fetch` or
 * an undici dispatcher in the place of Node's (a test, a proxy) wants all requests to go there, so these go there too.
 */
export const httpExchange: Exchange = (...args) =>
  isNodesFetch(globalThis.fetch) && !isSteered() ? exchange(...args) : fetched(...args)

const fetched = byFetch(undefined)

/**
 * By its source, as a preloaded module may have put another one there before. That of Bun and Deno is fast, and their
 * `node:http` an imitation.
 */
const isNodesFetch = (fetch: typeof globalThis.fetch): boolean => {
  if (fetch !== seenFetch) {
    seenFetch = fetch
    isNodes = Function.prototype.toString.call(fetch).includes("internal/deps/undici")
  }
  return isNodes
}

let seenFetch: unknown
let isNodes = false

/** Whether undici's global dispatcher, which all of its versions share with Node's `fetch`, is more than it is by itself. */
const isSteered = (): boolean => {
  const dispatcher: unknown = Reflect.get(globalThis, Symbol.for("undici.globalDispatcher.1"))
  if (dispatcher !== known) {
    known = dispatcher
    steered = dispatcher !== undefined && !isPlainAgent(dispatcher)
  }
  return steered
}

let known: unknown
let steered = false

/** No interceptors, and no `connect`, where a certificate authority or a client's certificate would be. */
const isPlainAgent = (dispatcher: unknown): boolean => {
  if (typeof dispatcher !== "object" || dispatcher?.constructor.name !== "Agent") return false
  const name = Object.getOwnPropertySymbols(dispatcher).find(({ description }) => description === "options")
  const options: unknown = name && Reflect.get(dispatcher, name)
  const isComposed = Reflect.get(dispatcher, "dispatch") !== Reflect.get(Object.getPrototypeOf(dispatcher), "dispatch")
  return !isComposed && typeof options === "object" && Reflect.get(options ?? {}, "connect") === undefined
}

const exchange: Exchange = async (url, { method = "GET", headers, body }, reading) => {
  reading.signal.throwIfAborted()
  const { protocol, hostname, port, pathname, search } = new URL(url)
  // loaded when it is needed: a program with a token at hand begins 20 ms sooner
  const { request } = process.getBuiltinModule(protocol === "https:" ? "node:https" : "node:http")
  const sent = request({
    method,
    // an IPv6 address is in brackets only in a URL
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port,
    path: pathname + search,
    headers: { ...ownHeaders, ...headers },
  })
  reading.signal.addEventListener("abort", () => sent.destroy(), { once: true })
  try {
    return await answerTo(sent.end(body), reading)
  } catch (cause) {
    sent.destroy()
    throw cause
  }
}

const ownHeaders = { "user-agent": "bearerkit", "accept-encoding": "identity" }

/** Reading begins with the event: a turn later the body would have waited for it. */
const answerTo = (request: ClientRequest, reading: Reading): Promise<ExchangedAnswer> =>
  new Promise((resolve, reject) => {
    const closed = (): void => reject(new Error("it closed the connection without an answer"))
    request.on("error", reject).once("close", closed)
    request.once("response", (response) => {
      request.off("close", closed)
      resolve(read(response, reading))
    })
  })

const read = async (response: IncomingMessage, reading: Reading): Promise<ExchangedAnswer> => {
  const { statusCode: status = 0, headers } = response
  const decode = boundedDecoder(status, reading)
  const text = await textOf(unzipped(response), decode)
  return { status, headers: asHeaders(headers), body: text + decode() }
}

/** An iterator over the parts would be simpler, and takes longer than all the rest. */
const textOf = (body: Readable, decode: (bytes: Uint8Array) => string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ""
    body.on("data", (bytes: Uint8Array) => {
      try {
        text += decode(bytes)
      } catch (cause) {
        body.destroy(cause as Error)
      }
    })
    body.once("end", () => afterReading(() => resolve(text))).on("error", reject)
  })

/**
 * Runs this when the event loop has read from sockets once more: a server that closes the connection with its answer,
 * without having said so, has done it by then, and the next request does not get lost there.
 */
const afterReading = (go: () => void): void => void nextTurn(() => nextTurn(go))

/** Node's own, whatever a test's fake timers put in its place later. */
const nextTurn = setImmediate

/** Some servers compress what they were asked to leave as it is. */
const unzipped = (response: IncomingMessage): Readable => {
  const encoding = response.headers["content-encoding"]?.toLowerCase()
  if (encoding === undefined || !/^(?:br|deflate|(?:x-)?gzip)$/.test(encoding)) return response
  const { constants, createBrotliDecompress, createUnzip } = process.getBuiltinModule("node:zlib")
  const { pipeline } = process.getBuiltinModule("node:stream")
  // as fetch reads them: also what has no end, such as nothing at all
  const zip = { finishFlush: constants.Z_SYNC_FLUSH }
  const br = { finishFlush: constants.BROTLI_OPERATION_FLUSH }
  // who reads is told of an error
  return pipeline(response, encoding === "br" ? createBrotliDecompress(br) : createUnzip(zip), () => {})
}

const asHeaders = (headers: IncomingHttpHeaders): AnswerHeaders => {
  const get = (name: string): string | null => headers[name.toLowerCase()]?.toString() ?? null
  return { get, has: (name) => get(name) !== null }
}
