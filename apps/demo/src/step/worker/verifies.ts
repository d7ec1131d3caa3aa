import { audiences, clients } from "../../world/people.ts"
import { payloadOf } from "../api/payload.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { ask, reporterToken } from "./edge.ts"

/** Fifty requests with one token reach a cold gateway, which asks for the keys once; who has no good token is refused. */
export const verifies: Step = {
  name: "worker/verifies",
  take: async (world, signal) => {
    const token = await reporterToken(world, signal)
    await world.gateway()
    const before = world.issuer.countRequests("/jwks")
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(world, "/orders/whoami", token)))
    const statuses = new Set(answers.map(({ status }) => status))
    expect([...statuses].join() === "200", `the gateway answered ${[...statuses].join(", ")}`)
    const fetches = world.issuer.countRequests("/jwks") - before
    expect(fetches <= 2, `fifty cold requests cost ${fetches} fetches of the keys`)
    const refused = [
      (await ask(world, "/orders/whoami")).status,
      (await ask(world, "/orders/whoami", `${token}x`)).status,
    ]
    expect(refused.join() === "401,401", `without a good token the gateway answered ${refused.join(", ")}`)
    return {
      line: `the gateway in workerd let in ${clients.reporter} fifty times at once with ${fetches} fetch of the keys, and nobody without a good token`,
      detail: { jti: payloadOf(token)["jti"], client: clients.reporter, audience: audiences.gateway, fetches },
    }
  },
}
