import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"

import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose"
import { expect, test } from "vitest"

import { Browser } from "../support/browser.ts"
import { config, post, read, start } from "../support/issuer.ts"
import { authorizeAlice, CALLBACK, codeRequest, responseOf, verifier } from "../support/login.ts"

/** A client's server: what was posted to it, answered with a status. */
const startClient = async (status: number) => {
  const posted: Array<URLSearchParams> = []
  const server = createServer(async (request, response) => {
    posted.push(new URLSearchParams(await text(request)))
    response.writeHead(status).end()
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/logged-out`, posted, close: () => server.close() }
}

const startBoth = async (status: number) => {
  const client = await startClient(status)
  const lines: Array<string> = []
  const issuer = await start({
    log: (line) => void lines.push(line),
    config: {
      ...config,
      clients: [
        { id: "spa", grants: ["authorization_code"], redirectUris: [CALLBACK], backChannelLogoutUrl: client.url },
      ],
    },
  })
  const close = async () => {
    await issuer.close()
    client.close()
  }
  return { issuer, posted: client.posted, lines, [Symbol.asyncDispose]: close }
}

test("a logout is told to the clients that want to know, in a signed logout token", async () => {
  await using world = await startBoth(200)
  const { issuer, posted } = world
  const browser = new Browser()
  const { code = "" } = responseOf(await authorizeAlice(issuer, codeRequest, browser))
  const grant = { grant_type: "authorization_code", redirect_uri: CALLBACK, code_verifier: verifier }
  const { body } = await post(issuer, "/token", { client_id: "spa", ...grant, code })
  const { sub, sid } = decodeJwt(String(body["id_token"]))

  await browser.submit(await browser.open(issuer.url, "/session/end"), { logout: "yes" })
  expect(posted).toHaveLength(1)
  const token = posted[0]?.get("logout_token") ?? ""
  const keys = createRemoteJWKSet(new URL(`${issuer.url}/jwks`))
  const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: issuer.url, audience: "spa" })
  expect(protectedHeader.typ).toBe("logout+jwt")
  expect(payload).toMatchObject({ sub, sid, jti: expect.any(String), exp: expect.any(Number) })
  expect(payload["events"]).toEqual({ "http://schemas.openid.net/event/backchannel-logout": {} })
})

test("a client that does not take it is named in the log, and the person is logged out", async () => {
  await using world = await startBoth(500)
  const browser = new Browser()
  await authorizeAlice(world.issuer, codeRequest, browser)
  const page = await browser.submit(await browser.open(world.issuer.url, "/session/end"), { logout: "yes" })
  expect(page.text).toContain("You are logged out")
  expect(world.lines.filter((line) => line.includes("logout token"))).toEqual([expect.stringContaining("for spa")])
})

test("is announced", async () => {
  await using world = await startBoth(200)
  const { body } = await read(await fetch(`${world.issuer.url}/.well-known/openid-configuration`))
  expect(body).toMatchObject({ backchannel_logout_supported: true, backchannel_logout_session_supported: true })
})

test("an address that is none is refused", async () => {
  for (const backChannelLogoutUrl of ["logged-out", "javascript:alert(1)", "https://app.example/#part"]) {
    const clients = [{ id: "spa", grants: ["authorization_code"], redirectUris: [CALLBACK], backChannelLogoutUrl }]
    await expect(start({ config: { ...config, clients } })).rejects.toMatchObject({
      field: "clients[0].backChannelLogoutUrl",
    })
  }
})
