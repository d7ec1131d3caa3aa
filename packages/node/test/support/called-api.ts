import { defineIssuer, startIssuer } from "@bearerkit/issuer"
import { createServer, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { onTestFinished } from "vitest"
import { type Client, type ClientOptions, clientSecretBasic, createClient } from "../../src/index.ts"

const audience = "https://orders.example"
const secret = "the secret of svc, which is long enough"

export interface CalledApi {
  readonly client: Client
  readonly origin: string
}

/** A service and the API that it calls, which answers so; both are gone when the test is over, and their issuer. */
export const startCalledApi = async (
  answer: RequestListener,
  options: Partial<ClientOptions> = {},
): Promise<CalledApi> => {
  const config = defineIssuer({
    clients: [{ id: "svc", secret, grants: ["client_credentials"] }],
    apis: [{ audience, scopes: ["read"] }],
    dpopNonces: true,
  })
  const issuer = await startIssuer({ config })
  const api = createServer(answer)
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve))
  const origin = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  const client = createClient({
    issuer: issuer.url,
    clientId: "svc",
    clientAuth: clientSecretBasic(secret),
    apis: { [origin]: { audience } },
    target: { audience },
    ...options,
  })
  onTestFinished(async () => {
    await client.close()
    api.closeAllConnections()
    api.close()
    await issuer.close()
  })
  return { client, origin }
}
