import * as Command from "effect/cli/Command"
import { call } from "./call.ts"
import { delegate } from "./delegate.ts"
import { doctor } from "./doctor.ts"
import { inspect } from "./inspect.ts"
import { issuer } from "./issuer.ts"
import { login } from "./login.ts"
import { logout } from "./logout.ts"
import { token } from "./token.ts"
import { whoami } from "./whoami.ts"

/** The command and its subcommands, one file each. */
export const bearerkit = Command.make("bearerkit").pipe(
  Command.withDescription("Get bearer tokens and use them in a shell"),
  Command.withSubcommands([login, token, call, delegate, inspect, whoami, logout, doctor, issuer]),
)
