import { toBearerError } from "@bearerkit/core"
import { exchangeWire, type Flow, legacyWire, entraWire, type SecurityToken, securityToken } from "@bearerkit/node"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { CommandError } from "../command-error.ts"
import type { DelegationOptions } from "../option/delegation.ts"
import { readSecret, type SourceOptions } from "../secret/secret.ts"
import { toCommandError } from "./client.ts"
import { requiredSecret } from "./required.ts"

/** The delegation that the options describe. */
export const delegationFlow: (options: DelegationOptions) => Effect.Effect<Flow, CommandError> = Effect.fnUntraced(
  function* ({ subjectTokenFile, subjectType, actorTokenFile, wire = "exchange" }) {
    const given = yield* readSecret("subject-token", subjectTokenFile)
    const type = subjectType ?? (wire === "legacy" ? "id_token" : "access_token")
    const subject = yield* tokenOf(yield* requiredSecret("subject-token", given, "delegation"), type)
    const actorToken = yield* readSecret("actor-token", actorTokenFile)
    if (actorToken !== undefined && wire !== "exchange") return yield* noActor
    const actor = actorToken && (yield* tokenOf(actorToken, "access_token"))
    return yield* Effect.mapError(wires[wire]({ subject, actor }), (error) => toCommandError(toBearerError(error)))
  },
)

/** The sources of a delegation's tokens. */
export const delegationSources = (options: DelegationOptions): SourceOptions => ({
  "subject-token-file": options.subjectTokenFile,
  "actor-token-file": options.actorTokenFile,
})

const wires = { exchange: exchangeWire, legacy: legacyWire, "on-behalf-of": entraWire }

const tokenOf = (token: Redacted.Redacted<string>, type: string): Effect.Effect<SecurityToken, CommandError> =>
  Effect.try({ try: () => securityToken(token, { type }), catch: toCommandError })

const noActor = new CommandError({
  code: "usage",
  what: "Only --wire exchange knows an actor other than the client.",
  fix: "Leave out the actor token, or the option --wire.",
})
