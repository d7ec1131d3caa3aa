import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { CommandError } from "../command-error.ts"
import { type CredentialFormat, credentialFormats } from "../output/credential.ts"
import { atLeastZero, flag } from "./setting.ts"

/**
 * How a token is printed. Only arguments determine the format of stdout: a variable left in the environment must not
 * change what a script reads.
 */
export const credentialOptions = {
  header: flag("header", "Print the whole header line, for curl -H @-"),
  format: Flag.Literals("format", credentialFormats).pipe(
    Flag.withMetavar("NAME"),
    Flag.withDescription(
      "What is printed: token (the default), header, json, env (lines for eval), exec-credential (for kubectl), curl-config (for curl -K -)",
    ),
    Flag.withDefault(undefined),
  ),
  minTtl: atLeastZero(
    "min-ttl",
    "SECONDS",
    "How long the token must still be valid; a stored one that is not is renewed",
  ),
}

export type CredentialOptions = Command.Command.Config.Infer<typeof credentialOptions>

/** The requested format. */
export const formatOf = (
  { header, format }: Pick<CredentialOptions, "format" | "header">,
  { json }: { readonly json: boolean },
): Effect.Effect<CredentialFormat, CommandError> => {
  const asked: ReadonlyArray<CredentialFormat> = [
    ...(header ? (["header"] as const) : []),
    ...(json ? (["json"] as const) : []),
    ...(format === undefined ? [] : [format]),
  ]
  const [first = "token", ...others] = new Set(asked)
  if (others.length === 0) return Effect.succeed(first)
  return Effect.fail(
    new CommandError({
      code: "usage",
      what: "Only one of --header, --json and --format can shape what is printed.",
      fix: "Pass one of them.",
    }),
  )
}
