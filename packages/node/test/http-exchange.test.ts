import { byFetch, type Exchange, HttpError } from "@bearerkit/core"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { Agent, type Dispatcher, getGlobalDispatcher, interceptors, MockAgent, Pool, setGlobalDispatcher } from "undici"
import { afterAll, afterEach, assert, beforeAll, describe, it, vi } from "vitest"
import { httpExchange } from "../src/http-exchange.ts"

type Handle = (request: IncomingMessage, response: ServerResponse) => void

const handlers: Record<string, Handle> = {}
let sockets = 0
let server: Server
let origin: string
beforeAll(async () => {
  server = createServer((request, response) => handlers[request.url ?? ""]?.(request, response))
  server.on("connection", () => (sockets += 1))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** What the server does at a path, and the exchange with it. */
const exchanged = (
  exchange: Exchange,
  path: string,
  handle: Handle,
  given: { init?: object; signal?: AbortSignal } = {},
) => {
  handlers[path] = handle
  const { init = {}, signal = new AbortController().signal } = given
  return exchange(origin + path, init, { url: origin + path, maxBytes: 1000, signal })
}

const problemOf = async (answer: Promise<unknown>): Promise<unknown> => {
  const cause: unknown = await answer.then(
    () => assert.fail("it was taken"),
    (error: unknown) => error,
  )
  if (!(cause instanceof HttpError) || cause.reason._tag !== "MalformedResponse") throw cause
  return cause.reason.problem
}

describe.each([
  ["Node's HTTP client", httpExchange],
  ["fetch", byFetch(undefined)],
])("an exchange by %s", (_, exchange) => {
  it("sends method, headers and body, and gives status, headers and text", async () => {
    let body = ""
    let seen: IncomingMessage | undefined
    const answer = await exchanged(
      exchange,
      "/form",
      (request, response) => {
        seen = request
        request.setEncoding("utf8").on("data", (part: string) => (body += part))
        request.on("end", () => response.writeHead(418, { "X-Kind": "teapot" }).end("tee — thé"))
      },
      { init: { method: "POST", headers: { authorization: "Basic eDp5" }, body: "a=ü" } },
    )
    assert.deepInclude(answer, { status: 418, body: "tee — thé" })
    assert.strictEqual(answer.headers.get("X-Kind"), "teapot")
    assert.isTrue(answer.headers.has("x-kind"))
    assert.isNull(answer.headers.get("x-other"))
    assert.strictEqual(body, "a=ü")
    assert.deepInclude(seen, { method: "POST", httpVersion: "1.1" })
    assert.deepInclude(seen?.headers, { authorization: "Basic eDp5", "content-length": "4" })
    assert.isDefined(seen?.headers["user-agent"])
  })

  it("asks nothing when its signal is aborted already", async () => {
    let requests = 0
    const reason = new Error("too late")
    const answer = exchanged(exchange, "/too-late", (_request, response) => (requests++, response.end("ok")), {
      signal: AbortSignal.abort(reason),
    })
    assert.strictEqual(await answer.catch((cause: unknown) => cause), reason)
    assert.strictEqual(requests, 0)
  })

  it("keeps its connection for the next request", async () => {
    const ok: Handle = (_request, response) => response.end("ok")
    await exchanged(exchange, "/kept", ok)
    const before = sockets
    for (let turn = 0; turn < 3; turn++) await exchanged(exchange, "/kept", ok)
    assert.strictEqual(sockets, before)
  })

  it("sends nothing on a connection that was closed with an answer, although the answer did not say so", async () => {
    const leaving: Handle = ({ socket }) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
    for (let turn = 0; turn < 20; turn++) {
      const answer = await exchanged(exchange, "/leaving", leaving, { init: { method: "POST", body: "a" } })
      assert.strictEqual(answer.body, "ok")
    }
  })

  it("gives the answer although a test has faked the timers", async () => {
    vi.useFakeTimers()
    const ok: Handle = (_request, response) => response.end("ok")
    assert.strictEqual((await exchanged(exchange, "/faked", ok)).body, "ok")
  })

  it("stops at a redirect, at too many bytes and at what is not UTF-8", async () => {
    const redirect: Handle = (_request, response) => response.writeHead(307, { location: "/elsewhere" }).end()
    assert.strictEqual(
      await problemOf(exchanged(exchange, "/moved", redirect)),
      "it is a redirect, which is not followed",
    )
    let gone: (() => void) | undefined
    const closed = new Promise<void>((resolve) => (gone = resolve))
    const endless: Handle = (_request, response) => {
      const more = setInterval(() => response.write(Buffer.alloc(600, "x")), 1)
      response.on("close", () => {
        clearInterval(more)
        gone?.()
      })
    }
    assert.strictEqual(await problemOf(exchanged(exchange, "/endless", endless)), "it is longer than 1000 bytes")
    await closed
    for (const bytes of [Uint8Array.of(0x7b, 0xe9, 0x7d), Uint8Array.of(0x7b, 0xe2, 0x82)]) {
      const latin: Handle = (_request, response) => response.end(bytes)
      assert.strictEqual(await problemOf(exchanged(exchange, "/latin", latin)), "it is not UTF-8")
    }
  })

  it("reads what a server compressed without being asked, within the same bounds", async () => {
    const ways = { gzip: gzipSync, "X-GZIP": gzipSync, deflate: deflateSync, br: brotliCompressSync }
    for (const [encoding, compress] of Object.entries(ways)) {
      const answering = (text: string): Handle => {
        return (_request, response) => response.setHeader("content-encoding", encoding).end(compress(text))
      }
      assert.strictEqual((await exchanged(exchange, "/zip", answering('{"a":1}'))).body, '{"a":1}')
      const bomb = answering("0".repeat(1_000_000))
      assert.strictEqual(await problemOf(exchanged(exchange, "/bomb", bomb)), "it is longer than 1000 bytes")
    }
  })

  it("takes an empty body for one, also where it is said to be compressed", async () => {
    for (const [status, encoding] of [
      [204, "gzip"],
      [401, "gzip"],
      [200, "br"],
    ] as const) {
      const empty: Handle = (_request, response) => response.writeHead(status, { "content-encoding": encoding }).end()
      assert.deepInclude(await exchanged(exchange, "/empty", empty), { status, body: "" })
    }
  })

  const broken: ReadonlyArray<readonly [name: string, handle: Handle]> = [
    ["cut off in its head", (request) => request.socket.destroy()],
    ["no HTTP", (request) => request.socket.end("SSH-2.0-x\r\n")],
    ["cut off in its body", (request) => request.socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")],
    [
      "two lengths",
      (request) => request.socket.end("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}"),
    ],
    [
      "a change of protocol",
      (request) => request.socket.end("HTTP/1.1 101 x\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n"),
    ],
    ["a head without end", (request) => request.socket.write(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}`)],
    [
      "not what its encoding says",
      (_request, response) => response.setHeader("content-encoding", "gzip").end("no gzip at all"),
    ],
  ]
  it.each(broken)("rejects an answer that is %s", async (_name, handle) => {
    const answer = await exchanged(exchange, "/broken", handle).then(
      () => "an answer",
      (cause: unknown) => cause,
    )
    assert.instanceOf(answer, Error)
  })

  it("gives up when it is aborted, before the answer and in the middle of it", async () => {
    for (const begin of [() => {}, (response: ServerResponse) => response.write("{")]) {
      const controller = new AbortController()
      const gone = new Promise<string>((resolve) => {
        const handle: Handle = (_request, response) => {
          begin(response)
          response.on("close", () => resolve("closed"))
          setImmediate(() => controller.abort())
        }
        void exchanged(exchange, "/slow", handle, { signal: controller.signal }).catch(() => {})
      })
      assert.strictEqual(await gone, "closed")
    }
  })
})

describe("Node's HTTP client stands back", () => {
  const ok: Handle = (_request, response) => response.end("the network's")

  it("for another fetch", async () => {
    assert.strictEqual((await exchanged(httpExchange, "/back", ok)).body, "the network's")
    vi.stubGlobal("fetch", async () => new Response("the test's"))
    assert.strictEqual((await exchanged(httpExchange, "/back", ok)).body, "the test's")
  })

  it("for one that was there before it, as a preloaded module puts it there", async () => {
    vi.stubGlobal("fetch", async () => new Response("the preload's"))
    const anew = new URL("../src/http-exchange.ts?anew", import.meta.url).href
    const loaded = (await import(anew)) as { readonly httpExchange: Exchange }
    assert.strictEqual((await exchanged(loaded.httpExchange, "/back", ok)).body, "the preload's")
  })

  it("for a global dispatcher that is told something, and for none that is not", async () => {
    const mock = new MockAgent()
    mock.disableNetConnect()
    mock.get(origin).intercept({ path: "/back" }).reply(200, "the dispatcher's")
    const seen: Array<string | undefined> = []
    const note: Handle = (request, response) => {
      seen.push(request.headers["user-agent"])
      response.end()
    }
    const before = getGlobalDispatcher()
    const under = async <A>(dispatcher: Dispatcher, work: () => Promise<A>): Promise<A> => {
      setGlobalDispatcher(dispatcher)
      try {
        return await work()
      } finally {
        setGlobalDispatcher(before)
        await dispatcher.close()
      }
    }
    assert.strictEqual((await under(mock, () => exchanged(httpExchange, "/back", ok))).body, "the dispatcher's")
    const told = [
      new Agent({ connect: { timeout: 1000 } }),
      new Agent().compose(interceptors.retry()),
      new Pool(origin),
      new Agent(),
    ]
    for (const dispatcher of told) await under(dispatcher, () => exchanged(httpExchange, "/told", note))
    await exchanged(httpExchange, "/told", note)
    assert.deepStrictEqual(
      seen.map((agent) => agent === "bearerkit"),
      [false, false, false, true, true],
    )
  })
})
