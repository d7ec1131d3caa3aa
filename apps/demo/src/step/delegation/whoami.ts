import type { World } from "../../world/world.ts"
import { expect } from "../expect.ts"

/** What the API reads in a token, or what the next API reads in the one that this API sends it. */
export const whoami = async (
  { api }: { readonly api: Pick<World["api"], "url"> },
  token: string,
  path: "/legacy/whoami" | "/next/whoami" | "/whoami",
): Promise<Readonly<Record<string, unknown>>> => {
  const response = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${token}` } })
  const claims = (await response.json()) as Readonly<Record<string, unknown>>
  expect(response.status === 200, `the API answered ${response.status} (${String(claims["detail"])})`)
  return claims
}
