import * as Cause from "effect/Cause"
import * as Command from "effect/cli/Command"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CommandError, internalError } from "./command-error.ts"
import { presenter } from "./output/presenter.ts"
import { platform } from "./platform.ts"
import { refuseSecretArguments } from "./secret/refused-argument.ts"
import { usageError } from "./usage.ts"
import { version } from "./version.ts"

/**
 * Runs a command with the arguments of the command line. Fails after reporting to stderr; the error carries the exit
 * code.
 */
export const run = <Name extends string, Input, Context>(
  command: Command.Command<Name, Input, Context, CommandError>,
  args: ReadonlyArray<string>,
): Effect.Effect<void, CommandError> =>
  refuseSecretArguments(args).pipe(
    Effect.andThen(Command.runWith(command, { version: version() })(args)),
    Effect.mapError((error) => (CliError.isCliError(error) ? usageError(error) : error)),
    Effect.provide(surroundings),
    Effect.catchDefect((defect) => Effect.fail(internalError(defect))),
    Effect.tapCause((cause) => reportUnlessInterrupted(cause, args)),
  )

const surroundings = Layer.mergeAll(
  platform,
  presenter,
  CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
)

const reportUnlessInterrupted = (
  cause: Cause.Cause<CommandError>,
  args: ReadonlyArray<string>,
): Effect.Effect<void> => {
  const error = Cause.squash(cause)
  if (!(error instanceof CommandError)) return Effect.void
  return Effect.flatMap(
    Effect.promise(() => import("./output/report.ts")),
    ({ report }) => report(error, { json: args.includes("--json") }),
  )
}
