import { expect } from "../expect.ts"
import type { World } from "../../world/world.ts"

export interface Refusal {
  readonly token: string
  /** The code that the API must have for itself; the answer does not tell it. */
  readonly reason: string
  readonly signal: AbortSignal
}

/** Sends a token that the API must refuse, and checks why it did. */
export const expectRefusal = async ({ api }: World, { token, reason, signal }: Refusal): Promise<void> => {
  const response = await fetch(`${api.url}/whoami`, { headers: { authorization: `Bearer ${token}` }, signal })
  const answer = await response.text()
  expect(response.status === 401, `the API answered ${response.status}`)
  const challenge = response.headers.get("www-authenticate") ?? ""
  expect(challenge.startsWith('Bearer error="invalid_token"'), "there was no challenge")
  const seen = api.refusals.at(-1)
  expect(seen === reason, `the API refused for ${seen}, not for ${reason}`)
  expect(!token.split(".").some((part) => answer.includes(part)), "the API answered with a part of the token")
}
