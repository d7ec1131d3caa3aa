import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { exportJWK, generateKeyPair } from "jose"
import { vi } from "vitest"
import Provider, { type Configuration, type JWK } from "oidc-provider"
import type { LawServer } from "../laws/flow.ts"
import { callback, orders, secretOf } from "./world.ts"

/** A client of the implicit flow must have an address like this one; nobody ever listens there. */
export const pageUrl = "https://page.example/callback"

const { privateKey } = await generateKeyPair("RS256", { extractable: true })
const key = { ...(await exportJWK(privateKey)), kid: "plain-1", alg: "RS256", use: "sig" }

const code = { grant_types: ["authorization_code"], response_types: ["code" as const], redirect_uris: [callback] }
const page = { token_endpoint_auth_method: "none" as const, redirect_uris: [pageUrl] }

const nowhere = { response_types: [], redirect_uris: [] }
const device = "urn:ietf:params:oauth:grant-type:device_code"

const configuration: Configuration = {
  jwks: { keys: [key as JWK] },
  clients: [
    { ...code, client_id: "spa", token_endpoint_auth_method: "none" },
    { ...code, client_id: "web", client_secret: secretOf("web") },
    { ...code, client_id: "pushing", client_secret: secretOf("web"), require_pushed_authorization_requests: true },
    {
      ...page,
      client_id: "page",
      grant_types: ["implicit"],
      response_types: ["id_token", "id_token token"],
    },
    { ...nowhere, client_id: "basic", client_secret: secretOf("basic"), grant_types: ["client_credentials"] },
    { ...nowhere, client_id: "tv", grant_types: [device, "refresh_token"], token_endpoint_auth_method: "none" },
  ],
  cookies: { keys: ["a key for cookies of a test"] },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  responseTypes: ["code", "id_token", "id_token token"],
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: {
      enabled: true,
      userCodeConfirmSource: (ctx, form) => {
        ctx.body = form
      },
      successSource: (ctx) => {
        ctx.body = "Success"
      },
    },
    devInteractions: { enabled: true },
    dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, "nonces of a test"), requireNonce: () => true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        audience: orders,
        scope: "read write",
        accessTokenFormat: "jwt",
        accessTokenTTL: 600,
        jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
  ttl: {
    AccessToken: 600,
    AuthorizationCode: 60,
    ClientCredentials: 600,
    DeviceCode: 600,
    Grant: 3600,
    IdToken: 3600,
    Interaction: 3600,
    RefreshToken: 3600,
    Session: 3600,
  },
}

/** An `oidc-provider` as its own documentation sets it up, with nothing of this project in it. */
export const startPlainProvider = async (): Promise<LawServer> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = quietly(() => new Provider(url, configuration))
  const requests: Array<string> = []
  const audit: Array<{ readonly jti: string }> = []
  provider.on("access_token.issued", ({ jti }) => audit.push({ jti }))
  provider.on("access_token.saved", ({ jti }) => audit.push({ jti }))
  provider.on("client_credentials.issued", ({ jti }) => audit.push({ jti }))
  provider.on("client_credentials.saved", ({ jti }) => audit.push({ jti }))
  const answer = provider.callback()
  server.on("request", (request, response) => {
    requests.push(`${request.method} ${request.url?.split("?")[0]}`)
    void answer(request, response)
  })
  return {
    url,
    countRequests: (path, method) => requests.filter((each) => each === `${method} ${path}`).length,
    audit,
    minted: [],
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** It says that it is set up for development, which is so. */
const quietly = <A>(make: () => A): A => {
  const warn = vi.spyOn(console, "warn").mockReturnValue(undefined)
  const made = make()
  warn.mockRestore()
  return made
}
