import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"

/** The subcommands, one file each, in the order of the help. */
const subcommands = {
  login: () => import("./login.ts").then(({ login }) => login),
  token: () => import("./token.ts").then(({ token }) => token),
  call: () => import("./call.ts").then(({ call }) => call),
  delegate: () => import("./delegate.ts").then(({ delegate }) => delegate),
  inspect: () => import("./inspect.ts").then(({ inspect }) => inspect),
  whoami: () => import("./whoami.ts").then(({ whoami }) => whoami),
  logout: () => import("./logout.ts").then(({ logout }) => logout),
  doctor: () => import("./doctor.ts").then(({ doctor }) => doctor),
  issuer: () => import("./issuer.ts").then(({ issuer }) => issuer),
}

/** The command with only the subcommand that the arguments name, since making each costs time; else with all. */
export const bearerkit = (args: ReadonlyArray<string>) =>
  Effect.promise(() => Promise.all(named(args).map((subcommand) => subcommand()))).pipe(
    Effect.map((made) =>
      Command.make("bearerkit").pipe(
        Command.withDescription("Get bearer tokens and use them in a shell"),
        Command.withSubcommands(made),
      ),
    ),
  )

const named = (args: ReadonlyArray<string>) => {
  const [first = ""] = args
  const alone = Object.hasOwn(subcommands, first) && !args.includes("--completions")
  return Object.entries(subcommands).flatMap(([name, subcommand]) => (alone && name !== first ? [] : [subcommand]))
}
