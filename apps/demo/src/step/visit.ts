import { createClient, type ClientOptions, type Flow, type Target } from "@bearerkit/node"
import type { World } from "../world/world.ts"
import { expect } from "./expect.ts"
import type { Told } from "./step.ts"

export interface Visit {
  /** How the program gets its token. */
  readonly client: Pick<ClientOptions, "clientAuth" | "clientId"> & { readonly flow: Flow }
  readonly target: Target
  /** Which of the API's routes is called. */
  readonly path: "/legacy/whoami" | "/whoami"
  /** In words: by what the token was got. */
  readonly by: string
  /** What the API must have read in the token. */
  readonly expected: { readonly audience: string; readonly subject?: RegExp }
  readonly signal: AbortSignal
}

/** A program gets a token, calls the API with it, and reads what the API has understood. */
export const visit = async (world: World, { client, target, path, by, expected, signal }: Visit): Promise<Told> => {
  const { issuer, api, now } = world
  await using program = createClient({
    ...client,
    issuer: issuer.url,
    now,
    apis: { [api.url]: target },
    onWarning: () => {},
  })
  const { expiresAt } = await program.credential(target, { signal })
  const response = await program.fetch(`${api.url}${path}`, { signal })
  const claims = (await response.json()) as Readonly<Record<string, unknown>>
  expect(response.status === 200, `the API answered ${response.status} (${String(claims["detail"])})`)
  expect(claims["iss"] === issuer.url, `the API read the issuer ${String(claims["iss"])}`)
  expect(claims["aud"] === expected.audience, `the API read the audience ${String(claims["aud"])}`)
  const subject = String(claims["sub"])
  expect(expected.subject?.test(subject) ?? true, `the API read the subject ${subject}`)
  const seconds = Math.round((expiresAt - now()) / 1000)
  return {
    line: `${client.clientId} got a token for ${expected.audience} by ${by}, valid ${inWords(seconds)}; the API read ${subject}`,
    detail: {
      jti: claims["jti"],
      client: client.clientId,
      grant: client.flow.grant,
      subject,
      audience: expected.audience,
      scope: claims["scope"],
      validSeconds: seconds,
      api: { path, status: response.status },
    },
  }
}

const inWords = (seconds: number): string =>
  seconds >= 7200
    ? `${Math.round(seconds / 3600)} h`
    : seconds >= 120
      ? `${Math.round(seconds / 60)} min`
      : `${seconds} s`
