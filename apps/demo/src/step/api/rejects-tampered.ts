import { audiences } from "../../world/people.ts"
import type { Step } from "../step.ts"
import { payloadOf } from "./payload.ts"
import { expectRefusal } from "./refusal.ts"
import { signer } from "./signer.ts"

/** Somebody gives himself another scope, with the signature of the real token. */
export const rejectsTampered: Step = {
  name: "api/rejects-tampered",
  take: async (world, signal) => {
    await using program = signer(world)
    const token = await program.token({ audience: audiences.orders, scope: "orders:read" }, { signal })
    const [header, , signature] = token.split(".")
    const claims = payloadOf(token)
    const payload = Buffer.from(JSON.stringify({ ...claims, scope: "orders:read orders:write" })).toString("base64url")
    await expectRefusal(world, { token: [header, payload, signature].join("."), reason: "invalid_signature", signal })
    return {
      line: "the API refused a token whose scope was rewritten: 401, the signature does not match",
      detail: { jti: claims["jti"], status: 401, reason: "invalid_signature" },
    }
  },
}
