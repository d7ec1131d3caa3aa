import { makeTestClient, type TestClient, type TestClientOptions } from "@bearerkit/browser/testing"
import type { Claims, ClaimsSchema } from "@bearerkit/browser"
import type { Auth } from "./auth.ts"
import { makeAuth } from "./create-auth.ts"

/** Options of `createTestAuth`. */
export interface TestAuthOptions<C = Claims> extends TestClientOptions {
  /** As in the application's own options. */
  readonly claimsSchema?: ClaimsSchema<C> | undefined
}

/** The login of an application under test, and the world around it. */
export interface TestAuth<C = Claims> extends Omit<TestClient, "client"> {
  readonly auth: Auth<C>
}

/** Makes a login for the tests of an application: its own clock, no network, and somebody signed in if the test says so. */
export const createTestAuth = async <C = Claims>(options: TestAuthOptions<C> = {}): Promise<TestAuth<C>> => {
  const { claimsSchema: claims, ...rest } = options
  const { client, ...world } = await makeTestClient(rest)
  const { redirectUri = "https://app.test/callback", target } = rest
  const known = { redirectUri, ...(target !== undefined && { target }), ...(claims !== undefined && { claims }) }
  return { auth: makeAuth(client, known), ...world }
}
