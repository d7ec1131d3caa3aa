import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { requestTokenSet } from "../protocol/token-endpoint.ts"
import type { Flow } from "./flow.ts"
import { jwtBearerGrant } from "./jwt-bearer.ts"
import { endingWith, type SecurityToken } from "./security-token.ts"

/**
 * Microsoft Entra's way to exchange the token that an API received for one of the next API, which the scope names, such
 * as `https://graph.microsoft.com/.default`. The result expires no later than the subject's token.
 *
 * @see RFC 7523 §2.1, the grant that it extends with `requested_token_use`
 */
export const entraOnBehalfOf = (subject: SecurityToken): Flow => ({
  grant: "on_behalf_of",
  replay: "safe",
  discovers: true,
  identity: [subject.digest],
  warnings: [],
  acquire: Effect.fnUntraced(function* (client, target) {
    const params = [
      ["grant_type", jwtBearerGrant],
      ["assertion", Redacted.value(subject.value)],
      ["requested_token_use", "on_behalf_of"],
    ] as const
    return endingWith(subject, yield* requestTokenSet(client, target, { params }))
  }),
})
