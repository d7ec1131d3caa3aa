import { ConfidentialClientApplication } from "@azure/msal-node"
import { clientCredentials, clientSecretPost, createClient } from "@bearerkit/node"
import { allowInsecureRequests, clientCredentialsGrant, ClientSecretPost, Configuration } from "openid-client"
import { ClientCredentials } from "simple-oauth2"
import { type Contestant, type Effort, measure } from "./measure.ts"
import { type BenchResult, limit, ours, summarise } from "./result.ts"
import { startTokenEndpoint } from "./token-endpoint.ts"

/** Getting a service's own token: at hand, and from a client that was never asked before; the metadata is given to all. */
export async function* tokenSuite(effort: Effort): AsyncGenerator<BenchResult> {
  await using endpoint = await startTokenEndpoint()
  const cached = contestants({ ...(await cachedWays(endpoint.url)), [limit]: async () => "token" })
  yield summarise({ suite: "token", case: "cached" }, await measure(cached, { ...effort, batch: 200 }))
  yield summarise(
    { suite: "token", case: "cold" },
    await measure(contestants(coldWays(endpoint.url)), { ...effort, batch: 5 }),
  )
}

type GetToken = () => Promise<string | undefined>
type Ways = Readonly<Record<string, GetToken>>

const contestants = (ways: Ways): ReadonlyArray<Contestant> =>
  Object.entries(ways).map(([name, get]) => ({
    name,
    run: async (count) => {
      for (let done = 0; done < count; done++) {
        if ((await get()) === undefined) throw new Error(`${name} gave no token`)
      }
    },
  }))

const cachedWays = async (url: string): Promise<Ways> => {
  const client = bearerkit(url)
  const msal = msalNode(url)
  const kept = await simpleOauth2(url).getToken({ scope: "read" })
  const request = { scopes: ["https://api.example/.default"] }
  return {
    [ours]: () => client.token(target),
    "msal-node": async () => (await msal.acquireTokenByClientCredential(request))?.accessToken,
    "simple-oauth2 (kept by hand)": async () => (kept.expired() ? undefined : (kept.token["access_token"] as string)),
  }
}

const coldWays = (url: string): Ways => ({
  [ours]: async () => {
    await using client = bearerkit(url)
    return await client.token(target)
  },
  "openid-client": async () => (await clientCredentialsGrant(openidClient(url), { scope: "read" })).access_token,
  "simple-oauth2": async () => (await simpleOauth2(url).getToken({ scope: "read" })).token["access_token"] as string,
  "msal-node": async () => {
    const request = { scopes: ["https://api.example/.default"] }
    return (await msalNode(url).acquireTokenByClientCredential(request))?.accessToken
  },
})

const issuer = "http://127.0.0.1"
const clientId = "bench"
const secret = "a secret that nobody checks here"
const target = { audience: "https://api.example", scope: "read" }

const bearerkit = (url: string) =>
  createClient({
    issuer,
    clientId,
    clientAuth: clientSecretPost(secret),
    flow: clientCredentials(),
    metadata: { issuer, tokenEndpoint: url },
  })

const openidClient = (url: string) => {
  const configuration = new Configuration(
    { issuer, token_endpoint: url },
    clientId,
    undefined,
    ClientSecretPost(secret),
  )
  allowInsecureRequests(configuration)
  return configuration
}

const simpleOauth2 = (url: string) =>
  new ClientCredentials({
    client: { id: clientId, secret },
    auth: { tokenHost: new URL(url).origin, tokenPath: "/token" },
    options: { authorizationMethod: "body" },
  })

/** It knows https authorities only, so its requests are led to the endpoint by hand. */
const msalNode = (url: string) => {
  const authority = "https://login.microsoftonline.com/tenant"
  const endpoints = { authorization_endpoint: `${authority}/authorize`, token_endpoint: `${authority}/token` }
  const metadata = { ...endpoints, issuer: `${authority}/v2.0`, jwks_uri: `${authority}/keys` }
  const send = async (_: string, options?: { body?: string; headers?: Record<string, string> }) => {
    const init = { method: "POST", body: options?.body ?? "", headers: options?.headers ?? {} }
    const response = await fetch(url, init)
    return { status: response.status, headers: {}, body: await response.json() }
  }
  return new ConfidentialClientApplication({
    auth: { clientId, clientSecret: secret, authority, authorityMetadata: JSON.stringify(metadata) },
    system: { networkClient: { sendGetRequestAsync: send, sendPostRequestAsync: send } as never },
  })
}
