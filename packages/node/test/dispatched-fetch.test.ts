import type { Issuer } from "@bearerkit/issuer"
import { makeCertificate } from "@bearerkit/services"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { createServer as createSecureServer, type Server as SecureServer } from "node:https"
import { type AddressInfo, connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Agent, ProxyAgent } from "undici"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { oauthRo } from "../src/index.ts"
import { caught, clientOf, orders, service, startPeopleIssuer } from "./support/world.ts"

const folder = mkdtempSync(join(tmpdir(), "bearerkit-dispatcher-"))
let issuer: Issuer
beforeAll(async () => {
  issuer = await startPeopleIssuer()
})
afterAll(async () => {
  await issuer.close()
  rmSync(folder, { recursive: true })
})

const portOf = (server: Server | SecureServer): number => (server.address() as AddressInfo).port
const listening = (server: Server | SecureServer): Promise<void> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))

describe("a dispatcher", () => {
  it("sends requests to the issuer and to APIs through a proxy", async () => {
    const tunnels: Array<string> = []
    const proxy = createServer().on("connect", ({ url = "" }, socket) => {
      tunnels.push(url)
      const onwards = connect(Number(url.split(":")[1]), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n")
        onwards.pipe(socket).pipe(onwards)
      })
      socket.on("error", () => onwards.destroy())
      onwards.on("error", () => socket.destroy())
    })
    const api = createServer((request, response) => response.end(request.headers.authorization))
    await Promise.all([listening(proxy), listening(api)])
    const origin = `http://127.0.0.1:${portOf(api)}`
    const dispatcher = new ProxyAgent(`http://127.0.0.1:${portOf(proxy)}`)
    await using client = service(issuer, { dispatcher, apis: { [origin]: { audience: orders } } })
    assert.match(await (await client.fetch(`${origin}/`)).text(), /^Bearer ey/)
    assert.deepStrictEqual([...new Set(tunnels)], [`127.0.0.1:${issuer.port}`, `127.0.0.1:${portOf(api)}`])
    await dispatcher.destroy()
    for (const server of [proxy, api]) {
      server.closeAllConnections()
      server.close()
    }
  })

  it("trusts a certificate authority of one's own, which is trusted by nobody else", async () => {
    const { ca, certFile, keyFile } = await makeCertificate(folder)
    const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) }
    const server = createSecureServer(tls, (_, response) => {
      response.writeHead(401, { "content-type": "application/json" }).end('{"error":"unauthorized_client"}')
    })
    await listening(server)
    const options = {
      issuer: `https://127.0.0.1:${portOf(server)}`,
      flow: oauthRo({ username: "ada", password: "x", connection: "users" }),
      onWarning: () => {},
    }
    await using stranger = clientOf(issuer, options)
    assert.strictEqual((await caught(stranger.token())).code, "unreachable")
    const dispatcher = new Agent({ connect: { ca } })
    await using client = clientOf(issuer, { ...options, dispatcher })
    assert.strictEqual((await caught(client.token())).error, "unauthorized_client")
    await dispatcher.destroy()
    server.closeAllConnections()
    server.close()
  })

  it("goes with a fetch that was handed in", async () => {
    const seen: Array<unknown> = []
    const dispatcher = new Agent()
    const send: typeof fetch = (input, init) => {
      seen.push((init as { readonly dispatcher?: unknown }).dispatcher)
      return fetch(input, init)
    }
    await using client = service(issuer, { dispatcher, fetch: send })
    await client.token({ audience: orders })
    assert.isAbove(seen.length, 1)
    assert.isTrue(seen.every((each) => each === dispatcher))
    await dispatcher.destroy()
  })
})
