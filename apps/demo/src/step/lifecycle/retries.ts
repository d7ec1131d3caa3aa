import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { clientCredentials, clientSecretBasic, createClient } from "@bearerkit/node"
import { audiences, clients } from "../../world/people.ts"
import type { World } from "../../world/world.ts"
import { payloadOf } from "../api/payload.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"

/** A token endpoint that is busy twice, asks to wait a second each time, and then answers. */
export const retries: Step = {
  name: "lifecycle/retries",
  take: async (world, signal) => {
    await using busy = await busyTwice(world)
    await using program = createClient({
      issuer: world.issuer.url,
      clientId: clients.reporter,
      clientAuth: clientSecretBasic(world.secrets.reporter),
      flow: clientCredentials(),
      metadata: { issuer: world.issuer.url, tokenEndpoint: busy.url },
      now: world.now,
    })
    const begun = performance.now()
    const token = await program.token({ audience: audiences.orders, scope: "orders:read" }, { signal })
    const waited = performance.now() - begun
    expect(busy.requests() === 3, `the token endpoint was asked ${busy.requests()} times`)
    expect(
      waited >= 2000,
      `the second and third request came after ${Math.round(waited)} ms, sooner than was asked for`,
    )
    return {
      line: "the token endpoint was busy twice and asked to wait a second; three requests, none too soon, one token",
      detail: {
        jti: payloadOf(token)["jti"],
        client: clients.reporter,
        requests: busy.requests(),
        waitedMs: Math.round(waited),
      },
    }
  },
}

interface Busy extends AsyncDisposable {
  readonly url: string
  readonly requests: () => number
}

const busyTwice = async ({ issuer }: World): Promise<Busy> => {
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    if (requests <= 2) response.writeHead(503, { "retry-after": "1" }).end()
    else passOn(`${issuer.url}/token`, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const passOn = async (url: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const authorization = request.headers.authorization ?? ""
  const headers = { authorization, "content-type": "application/x-www-form-urlencoded" }
  const answer = await fetch(url, { method: "POST", headers, body: await text(request) })
  response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text())
}
