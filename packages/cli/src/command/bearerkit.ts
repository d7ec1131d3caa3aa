import * as Command from "effect/cli/Command"
import { token } from "./token.ts"

/** The command and its subcommands, one file each. */
export const bearerkit = Command.make("bearerkit").pipe(
  Command.withDescription("Get bearer tokens and use them in a shell"),
  Command.withSubcommands([token]),
)
