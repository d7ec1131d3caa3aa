import { expect } from "../expect.ts"
import type { World } from "../../world/world.ts"

export interface Refusal {
  readonly token: string
  /** The code that the API must give. */
  readonly reason: string
  readonly signal: AbortSignal
}

/** Sends a token that the API must refuse, and checks why it did. */
export const expectRefusal = async ({ api }: World, { token, reason, signal }: Refusal): Promise<void> => {
  const response = await fetch(`${api.url}/whoami`, { headers: { authorization: `Bearer ${token}` }, signal })
  const body = (await response.json()) as Readonly<Record<string, unknown>>
  expect(response.status === 401, `the API answered ${response.status}`)
  expect(response.headers.get("www-authenticate") === 'Bearer error="invalid_token"', "there was no challenge")
  expect(body["reason"] === reason, `the API refused for ${String(body["reason"])}, not for ${reason}`)
}
