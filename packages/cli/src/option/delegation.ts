import type * as Command from "effect/cli/Command"
import { choice, text } from "./setting.ts"

const wires = ["exchange", "on-behalf-of", "legacy"] as const

/** On whose behalf the token is, and how it is requested. */
export const delegationOptions = {
  subjectTokenFile: text("subject-token-file", "FILE", "Where the token is of whom it is on behalf, - for stdin"),
  subjectType: text("subject-type", "TYPE", "What kind of token that is, such as id_token; access_token by default"),
  actorTokenFile: text("actor-token-file", "FILE", "Where the token is of who acts, if that is not the client itself"),
  wire: choice(
    "wire",
    wires,
    "How the token is traded: exchange (RFC 8693, the default), on-behalf-of (Entra) or legacy (/delegation)",
  ),
}

export type DelegationOptions = Command.Command.Config.Infer<typeof delegationOptions>
