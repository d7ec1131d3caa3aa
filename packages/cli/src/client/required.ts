import * as Effect from "effect/Effect"
import { CommandError } from "../command-error.ts"
import { variableOf } from "../option/environment.ts"
import { howToGive, type SecretName } from "../secret/secret.ts"

/** The value of an option that the flow or the authentication method requires. */
export const required = (name: string, value: string | undefined, by?: string): Effect.Effect<string, CommandError> =>
  value === undefined
    ? Effect.fail(missing(`--${name}`, `Pass --${name}, or set ${variableOf(name)}.`, by))
    : Effect.succeed(value)

/** The same for a secret. */
export const requiredSecret = <A>(name: SecretName, value: A | undefined, by: string): Effect.Effect<A, CommandError> =>
  value === undefined ? Effect.fail(missing(name.replace("-", " "), howToGive(name), by)) : Effect.succeed(value)

const missing = (name: string, fix: string, by = "the command"): CommandError =>
  new CommandError({ code: "missing_option", what: `There is no ${name}, and ${by} needs it.`, fix })
