import type * as Command from "effect/cli/Command"
import { choice, text } from "./setting.ts"

const wires = ["exchange", "on-behalf-of", "legacy"] as const

/** On whose behalf the token is, and how it is requested. */
export const delegationOptions = {
  subjectTokenFile: text("subject-token-file", "FILE", "File with the token of the subject, - for stdin"),
  subjectType: text("subject-type", "TYPE", "The type of that token, such as id_token; access_token by default"),
  actorTokenFile: text(
    "actor-token-file",
    "FILE",
    "File with the token of the actor, if that is not the client itself",
  ),
  wire: choice(
    "wire",
    wires,
    "How the token is traded: exchange (RFC 8693, the default), on-behalf-of (Entra) or legacy (/delegation)",
  ),
}

export type DelegationOptions = Command.Command.Config.Infer<typeof delegationOptions>
