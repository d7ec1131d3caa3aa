import { EventEmitter } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import { expect, test } from "vitest"

import { makeRequestLog } from "../../src/http/request-log.ts"

test("what anybody asks for does not grow the log, nor make it forget what is asked for often", () => {
  const requests = makeRequestLog(() => {})
  const ask = (url: string) => {
    const response = new EventEmitter()
    requests.watch({ method: "GET", url } as IncomingMessage, response as ServerResponse)
    response.emit("close")
  }
  for (let n = 0; n < 20_000; n++) {
    ask(`/${n}${"x".repeat(8000)}`)
    if (n % 100 === 0) ask("/jwks?a")
  }
  expect([requests.count("/jwks"), requests.count("/jwks", "GET")]).toEqual([200, 200])
  const longest = Math.max(...requests.entries.map(({ path }) => path.length))
  expect([requests.entries.length, longest]).toEqual([10_000, 200])
  const counted = Array.from({ length: 20_000 }, (_, n) => requests.count(`/${n}${"x".repeat(8000)}`.slice(0, 200)))
  expect(counted.filter((count) => count > 0).length).toBeLessThanOrEqual(500)
})
