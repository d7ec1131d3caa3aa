import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { CommandError } from "../command-error.ts"
import type { FlowOptions } from "../option/flow.ts"
import { askHidden, canAsk } from "../secret/prompt.ts"
import { howToGive, readSecret } from "../secret/secret.ts"

/** The user's password, from its source or else from a prompt. */
export const readPassword = Effect.fnUntraced(function* (
  username: string,
  { passwordFile }: FlowOptions,
  { noInput }: { readonly noInput: boolean },
) {
  const given = yield* readSecret("password", passwordFile)
  if (given !== undefined) return given
  if (noInput || !canAsk()) return yield* notThere(username)
  const typed = yield* askHidden(`Password for ${JSON.stringify(username)}: `)
  return typed === "" ? yield* notThere(username) : Redacted.make(typed, { label: "password" })
})

const notThere = (username: string): Effect.Effect<never, CommandError> =>
  Effect.fail(
    new CommandError({
      code: "interaction_required",
      what: `There is no password for ${JSON.stringify(username)}, and nobody can be asked.`,
      fix: howToGive("password"),
    }),
  )
