import * as Effect from "effect/Effect"
import { CommandError } from "../command-error.ts"

/**
 * Refuses secrets in arguments, where other users of the machine and the shell's history can read them. The error does
 * not repeat the value.
 */
export const refuseSecretArguments = (args: ReadonlyArray<string>): Effect.Effect<void, CommandError> => {
  for (const arg of args) {
    if (arg === "--") break
    const name = /^--?([A-Za-z][\w-]*)/.exec(arg)?.[1] ?? ""
    const safe = safeWays.get(name.toLowerCase().replaceAll(/[-_]/g, ""))
    if (safe !== undefined) return Effect.fail(refused(name, safe))
  }
  return Effect.void
}

const refused = (name: string, { variable, option }: SafeWays): CommandError =>
  new CommandError({
    code: "secret_in_arguments",
    what: `The option --${name} is refused: arguments can be read by every user of this machine.`,
    fix: `Set ${variable}, or pass ${option} FILE (- reads stdin). Replace the secret if others could read it.`,
  })

interface SafeWays {
  readonly variable: string
  readonly option: string
}

const clientSecret = { variable: "BEARERKIT_CLIENT_SECRET", option: "--client-secret-file" }
const password = { variable: "BEARERKIT_PASSWORD", option: "--password-file" }
const token = { variable: "BEARERKIT_TOKEN", option: "--token-file" }
const subjectToken = { variable: "BEARERKIT_SUBJECT_TOKEN", option: "--subject-token-file" }
const actorToken = { variable: "BEARERKIT_ACTOR_TOKEN", option: "--actor-token-file" }
const privateKey = { variable: "BEARERKIT_PRIVATE_KEY", option: "--private-key-file" }

const safeWays: ReadonlyMap<string, SafeWays> = new Map([
  ["clientsecret", clientSecret],
  ["secret", clientSecret],
  ["password", password],
  ["passwd", password],
  ["pass", password],
  ["privatekey", privateKey],
  ["key", privateKey],
  ["token", token],
  ["accesstoken", token],
  ["idtoken", token],
  ["subjecttoken", subjectToken],
  ["actortoken", actorToken],
])
