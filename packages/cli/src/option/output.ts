import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { toggle } from "./setting.ts"

const shape = (name: string, description: string): Flag.Flag<boolean> =>
  Flag.Boolean(name).pipe(Flag.withoutNegation, Flag.withDescription(description), Flag.withDefault(false))

/**
 * What is printed and asked. The shape of stdout comes from arguments alone: a variable left in the environment must
 * not change what a script reads.
 */
export const outputOptions = {
  header: shape("header", "Print the whole header line, for curl -H @-"),
  json: shape("json", "Print the token and what is known of it as JSON; errors and warnings too, on stderr"),
  quiet: toggle("quiet", "No warnings"),
  noInput: toggle("no-input", "Never ask, even where there is a terminal"),
}

export type OutputOptions = Command.Command.Config.Infer<typeof outputOptions>
