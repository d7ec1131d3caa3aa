import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { exportJWK, generateKeyPair, SignJWT } from "jose"

/** A platform that vouches for its workloads: it publishes its keys, and answers its jobs as GitHub Actions does. */
export interface Platform extends AsyncDisposable {
  readonly issuer: string
  readonly jwksUri: string
  readonly requestUrl: string
  readonly requestToken: string
  /** An assertion about a workload. */
  readonly vouch: (subject: string, audience: string) => Promise<string>
  /** The audiences that jobs asked for. */
  readonly asked: ReadonlyArray<string>
  /** Answers a job otherwise, if it does. */
  intercept: (response: ServerResponse) => boolean
}

export const startPlatform = async (): Promise<Platform> => {
  const { publicKey, privateKey } = await generateKeyPair("RS256")
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: "platform-1", alg: "RS256", use: "sig" }] }
  const requestToken = "the token that the runner has put into the job"
  const asked: Array<string> = []

  const vouch = (subject: string, audience: string): Promise<string> =>
    new SignJWT({ repository: "octo/shop" })
      .setProtectedHeader({ alg: "RS256", kid: "platform-1", typ: "JWT" })
      .setIssuer(platform.issuer)
      .setSubject(subject)
      .setAudience(audience)
      .setIssuedAt()
      .setJti(crypto.randomUUID())
      .setExpirationTime("5 minutes")
      .sign(privateKey)

  const answer = async ({ url = "", headers }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = new URL(url, platform.issuer)
    const json = (status: number, body: unknown) =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
    if (at.pathname === "/.well-known/jwks") return json(200, keys)
    if (platform.intercept(response)) return
    if (headers.authorization !== `bearer ${requestToken}`) return json(401, { message: "no" })
    if (at.searchParams.get("api-version") !== "2.0") return json(400, { message: "unknown version" })
    const audience = at.searchParams.get("audience") ?? "https://github.com/octo"
    asked.push(audience)
    return json(200, { count: 1, value: await vouch("repo:octo/shop:ref:refs/heads/main", audience) })
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const platform: Platform = {
    issuer,
    jwksUri: `${issuer}/.well-known/jwks`,
    requestUrl: `${issuer}/idtoken?api-version=2.0`,
    requestToken,
    vouch,
    asked,
    intercept: () => false,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return platform
}
