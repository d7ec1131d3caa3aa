import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { CommandError } from "../command-error.ts"
import { fromEnvironment, variableOf } from "../option/environment.ts"
import { readText } from "../input/read-source.ts"

/** A secret by the name of its variable; the option `--NAME-file` names its file. */
export type SecretName = "actor-token" | "client-secret" | "password" | "private-key" | "subject-token" | "token"

/** Reads a secret from its file or else from the environment; `undefined` when it is in neither. */
export const readSecret = (
  name: SecretName,
  file: string | undefined,
): Effect.Effect<Redacted.Redacted<string> | undefined, CommandError> => {
  if (file === undefined) {
    const value = fromEnvironment(name)
    return value === undefined ? Effect.succeed(undefined) : checked(name, value)
  }
  return readText(file).pipe(
    Effect.mapError((problem) => unusable(name, problem)),
    Effect.flatMap((value) => checked(name, value)),
  )
}

/** How to give a secret, as the fix of an error. */
export const howToGive = (name: SecretName): string =>
  `Set ${variableOf(name)}, or pass --${name}-file FILE (- reads stdin).`

/** The sources of input, by option. */
export type SourceOptions = Readonly<Record<string, string | undefined>>

/** Fails if more than one source is stdin. */
export const oneFromStdin = (files: SourceOptions): Effect.Effect<void, CommandError> => {
  const names = Object.entries(files).flatMap(([name, file]) => (file === "-" ? [`--${name}`] : []))
  if (names.length < 2) return Effect.void
  return Effect.fail(
    new CommandError({
      code: "usage",
      what: `Only one thing can come from stdin, not both of ${names.join(" and ")}.`,
      fix: "Give the others as files or in the environment.",
    }),
  )
}

const checked = (name: SecretName, value: string): Effect.Effect<Redacted.Redacted<string>, CommandError> => {
  if (value === "") return Effect.fail(unusable(name, "is empty"))
  if (value.includes("\0")) return Effect.fail(unusable(name, "has a NUL character"))
  if (name !== "private-key" && /[\r\n]/.test(value)) return Effect.fail(unusable(name, "has more than one line"))
  return Effect.succeed(Redacted.make(value, { label: name }))
}

const unusable = (name: SecretName, problem: string): CommandError =>
  new CommandError({
    code: "secret_unusable",
    what: `The ${name.replace("-", " ")} ${problem}.`,
    fix: howToGive(name),
  })
