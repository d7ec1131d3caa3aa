import { createClient, workloadIdentity } from "@bearerkit/node"
import { audiences, clients } from "../../world/people.ts"
import type { World } from "../../world/world.ts"
import { expect } from "../expect.ts"
import { whoami } from "../delegation/whoami.ts"
import type { Told } from "../step.ts"

export interface Job {
  readonly source: Parameters<typeof workloadIdentity>[0]
  /** Whom the platform vouches for. */
  readonly subject: string
  readonly platform: string
  readonly signal: AbortSignal
}

/** What runs at a platform trades the platform's word for a token, without any secret of its own. */
export const runJob = async (world: World, { source, subject, platform, signal }: Job): Promise<Told> => {
  const target = { audience: audiences.orders, scope: "orders:read" }
  await using client = createClient({
    issuer: world.issuer.url,
    clientId: clients.job,
    flow: workloadIdentity(source),
    target,
    now: world.now,
  })
  const read = await whoami(world, await client.token(target, { signal }), "/whoami")
  expect(read["sub"] === subject, `the API read the subject ${String(read["sub"])}`)
  return {
    line: `a job at ${platform} showed the platform's token, whose keys the issuer fetched from there, and got one for ${audiences.orders}; the API read ${subject}`,
    detail: { jti: read["jti"], client: clients.job, subject, audience: read["aud"] },
  }
}
