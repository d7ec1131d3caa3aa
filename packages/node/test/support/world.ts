import { type ClientConfig, type Issuer, startIssuer } from "@bearerkit/issuer"
import { assert } from "vitest"
import { Person } from "@bearerkit/services"
import { BearerError, type ClientOptions, clientSecretBasic, createClient } from "../../src/index.ts"

export const orders = "https://orders.example"
export const ada = { username: "ada", password: "correct horse" }
export const serviceSecret = "the secret of the service, which is long"

export interface PeopleIssuerOptions {
  /** The native apps that people may use. @default ["desktop"] */
  readonly desktops?: ReadonlyArray<string>
}

/** An issuer in this process, for people with a browser or a second device. */
export const startPeopleIssuer = ({ desktops = ["desktop"] }: PeopleIssuerOptions = {}): Promise<Issuer> =>
  startIssuer({
    config: {
      clients: [
        ...desktops.map((id): ClientConfig => ({
          id,
          grants: ["authorization_code", "refresh_token"],
          redirectUris: ["http://127.0.0.1/callback", "http://[::1]/callback"],
        })),
        { id: "tv", grants: ["device-code", "refresh_token"] },
        { id: "service", secret: serviceSecret, grants: ["client_credentials", "token-exchange"], api: orders },
      ],
      apis: [
        { audience: orders, scopes: ["read", "write"] },
        { audience: "https://ledger.example", scopes: ["read"] },
      ],
      connections: [{ name: "users", strategy: "database", users: [ada] }],
      deviceFlow: { interval: 1 },
    },
    collectSecrets: true,
  })

export const clientOf = (issuer: Issuer, options: Partial<ClientOptions>) =>
  createClient({ issuer: issuer.url, clientId: "desktop", ...options })

export const service = (issuer: Issuer, options: Partial<ClientOptions> = {}) =>
  clientOf(issuer, { clientId: "service", clientAuth: clientSecretBasic(serviceSecret), ...options })

/** Somebody who does at the issuer what its pages ask, and where that ends. */
export const visit = (url: string, consent: "agree" | "refuse" = "agree"): Promise<string> =>
  new Person({ ...ada, consent }).visit(url).then(String)

export const caught = async (promise: Promise<unknown>): Promise<BearerError> => {
  const error = await promise.then(
    () => new Error("nothing was thrown"),
    (thrown: unknown) => thrown,
  )
  assert.instanceOf(error, BearerError)
  return error
}
