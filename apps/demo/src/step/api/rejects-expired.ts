import { setTimeout as wait } from "node:timers/promises"
import { audiences } from "../../world/people.ts"
import type { Step } from "../step.ts"
import { payloadOf } from "./payload.ts"
import { expectRefusal } from "./refusal.ts"
import { signer } from "./signer.ts"

/** A real token that lives one second is sent when that second is over. */
export const rejectsExpired: Step = {
  name: "api/rejects-expired",
  take: async (world, signal) => {
    await using program = signer(world)
    const token = await program.token({ audience: audiences.shortLived, scope: "orders:read" }, { signal })
    const claims = payloadOf(token)
    await wait(Math.max(0, Number(claims["exp"]) * 1000 - Date.now()) + 50, undefined, { signal })
    await expectRefusal(world, { token, reason: "token_expired", signal })
    return {
      line: "the API refused a token that had lived its one second: 401, expired",
      detail: { jti: claims["jti"], status: 401, reason: "token_expired" },
    }
  },
}
