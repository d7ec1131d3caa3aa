import type * as CliError from "effect/cli/CliError"
import { CommandError } from "./command-error.ts"

/**
 * The error of `effect/cli` in our words: apart from names of options nothing that was typed is repeated, as it could
 * be a secret in the wrong place.
 */
export const usageError = (error: CliError.CliError): CommandError => {
  if (error._tag === "ShowHelp") return shownHelp(error)
  if (error._tag === "UserError" && error.cause instanceof CommandError) return error.cause
  return new CommandError({ code: "usage", what: what(error), fix: fix(error) })
}

const shownHelp = ({ commandPath, errors: [first] }: CliError.ShowHelp): CommandError => {
  if (first === undefined) {
    return new CommandError({ code: "usage", what: "There is no command.", fix: "Add one of the subcommands above." })
  }
  const error = usageError(first)
  if (error.code !== "usage") return error
  const help = `See: ${commandPath.join(" ")} --help`
  return new CommandError({ ...error, what: error.what, fix: error.fix === "" ? help : `${error.fix} ${help}` })
}

const what = (error: CliError.NonShowHelpErrors): string => {
  switch (error._tag) {
    case "UnrecognizedOption":
      return `There is no option ${error.option.split("=")[0]}.`
    case "UnknownSubcommand":
      return "There is no such command."
    case "MissingArgument":
      return `The argument ${error.argument} is missing.`
    case "UnexpectedArgument":
      return "There is an argument that belongs to no option; it is not repeated here, as it could be a secret."
    case "InvalidValue":
      return `The option --${error.option} ${problemOf(error)}.`
    case "MissingOption":
      return `The option --${error.option} is missing.`
    case "DuplicateOption":
    case "ValidationError":
    case "UserError":
      return error.message
  }
}

const problemOf = ({ value, expected }: CliError.InvalidValue): string => {
  if (value === "") return "has no value"
  if (expected === "at most 1 value") return "is there more than once"
  return `takes only ${expected.replace(/^Expected /, "").replace("a string representing a finite number", "a number")}`
}

const fix = (error: CliError.NonShowHelpErrors): string => {
  if (!("suggestions" in error) || error.suggestions.length === 0) return ""
  return `Did you mean ${error.suggestions.join(" or ")}?`
}
