import { createClient, oauthRo } from "@bearerkit/node"
import { ada, audiences, clients, connections } from "../../world/people.ts"
import type { World } from "../../world/world.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { payloadOf } from "./payload.ts"
import { signer } from "./signer.ts"

/** Each route takes the token that is meant for it, and not the other's. */
export const accepts: Step = {
  name: "api/accepts",
  take: async (world, signal) => {
    await using modern = signer(world)
    await using legacy = legacyProgram(world)
    const access = await modern.token({ audience: audiences.orders, scope: "orders:read" }, { signal })
    const id = await legacy.token({}, { signal })
    const statuses = {
      "/whoami": await statusOf(world, "/whoami", access),
      "/legacy/whoami": await statusOf(world, "/legacy/whoami", id),
      "/whoami, the other's token": await statusOf(world, "/whoami", id),
      "/legacy/whoami, the other's token": await statusOf(world, "/legacy/whoami", access),
    }
    const seen = Object.values(statuses).join(" ")
    expect(seen === "200 200 401 401", `the API answered ${JSON.stringify(statuses)}`)
    return {
      line: "the API took the token signed with the issuer's keys and the one signed with its own secret, each on its route",
      detail: { jti: payloadOf(access)["jti"], legacyJti: payloadOf(id)["jti"], statuses },
    }
  },
}

const legacyProgram = ({ issuer, secrets, now }: World) =>
  createClient({
    issuer: issuer.url,
    clientId: clients.legacyApi,
    flow: oauthRo({ username: ada.username, password: secrets.adaPassword, connection: connections.database }),
    now,
    onWarning: () => {},
  })

const statusOf = async ({ api }: World, path: string, token: string): Promise<number> => {
  const response = await fetch(`${api.url}${path}`, { headers: { authorization: `Bearer ${token}` } })
  await response.body?.cancel()
  return response.status
}
