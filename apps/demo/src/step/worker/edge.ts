import { clientCredentials, clientSecretBasic, createClient } from "@bearerkit/node"
import { Person, Visitor } from "@bearerkit/services"
import { grace, audiences, clients } from "../../world/people.ts"
import type { World } from "../../world/world.ts"
import { expect } from "../expect.ts"

type Claims = Readonly<Record<string, unknown>>

/** A token of another client for the gateway. */
export const reporterToken = async ({ issuer, secrets, now }: World, signal: AbortSignal): Promise<string> => {
  await using reporter = createClient({
    issuer: issuer.url,
    clientId: clients.reporter,
    clientAuth: clientSecretBasic(secrets.reporter),
    flow: clientCredentials(),
    now,
  })
  return await reporter.token({ audience: audiences.gateway }, { signal })
}

/** What the gateway answers to somebody who brings a token, or nothing. */
export const ask = async ({ gateway }: World, path: string, token?: string): Promise<Response> => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return (await gateway()).request(`${audiences.gateway}${path}`, { headers })
}

/** What the API behind the gateway has read. */
export const claimsIn = async (response: Response): Promise<Claims> => {
  const claims = (await response.json()) as Claims
  expect(response.status === 200, `the gateway answered ${response.status} (${String(claims["detail"])})`)
  return claims
}

/** Ada, with a browser of her own, signed in at the gateway. */
export const signedIn = async ({ gateway, secrets }: World): Promise<Visitor> => {
  const person = new Person({ username: grace.username, password: secrets.adaPassword })
  const visitor = new Visitor(await gateway(), { site: audiences.gateway, person })
  const back = await visitor.signIn()
  expect(back.status === 303, `the gateway answered the sign-in with ${back.status}`)
  return visitor
}
