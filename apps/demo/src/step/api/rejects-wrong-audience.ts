import { audiences } from "../../world/people.ts"
import type { Step } from "../step.ts"
import { payloadOf } from "./payload.ts"
import { expectRefusal } from "./refusal.ts"
import { signer } from "./signer.ts"

/** A good token, but for another API. */
export const rejectsWrongAudience: Step = {
  name: "api/rejects-wrong-audience",
  take: async (world, signal) => {
    await using program = signer(world)
    const token = await program.token({ audience: audiences.reports, scope: "reports:read" }, { signal })
    await expectRefusal(world, { token, reason: "claim_mismatch", signal })
    return {
      line: `the API refused a token meant for ${audiences.reports}: 401, not its audience`,
      detail: { jti: payloadOf(token)["jti"], status: 401, reason: "claim_mismatch" },
    }
  },
}
