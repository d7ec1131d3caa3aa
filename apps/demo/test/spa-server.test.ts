import { connect } from "node:net"
import { text } from "node:stream/consumers"
import { startSpa } from "@bearerkit/app-spa"
import { expect, it } from "vitest"

it.each(["//:0/../../config.json", "/config.json?x"])("a request for %s does not end the server", async (path) => {
  await using spa = await startSpa()
  const { hostname, port } = new URL(spa.url)
  const socket = connect(Number(port), hostname)
  socket.end(`GET ${path} HTTP/1.1\r\nHost: spa\r\nConnection: close\r\n\r\n`)
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /)
})
