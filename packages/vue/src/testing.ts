import { makeTestClient, type TestClient, type TestClientOptions } from "@bearerkit/browser/testing"
import type { Claims, ClaimsSchema } from "@bearerkit/browser"
import type { Auth } from "./auth.ts"
import { makeAuth } from "./create-auth.ts"

/** Options of `createTestAuth`. */
export interface TestAuthOptions<C = Claims> extends TestClientOptions {
  /** The option `claims` of the application. */
  readonly claimsSchema?: ClaimsSchema<C> | undefined
}

/** The login of an application under test, with a page, an issuer and a clock of the test. */
export interface TestAuth<C = Claims> extends Omit<TestClient, "client"> {
  readonly auth: Auth<C>
}

/** Makes a login for the tests of an application; a person is signed in if there are `claims`. */
export const createTestAuth = async <C = Claims>(options: TestAuthOptions<C> = {}): Promise<TestAuth<C>> => {
  const { claimsSchema: claims, ...rest } = options
  const { client, ...world } = await makeTestClient(rest)
  const { redirectUri = "https://app.test/callback", target } = rest
  const known = { redirectUri, ...(target !== undefined && { target }), ...(claims !== undefined && { claims }) }
  return { auth: makeAuth(client, known), ...world }
}
