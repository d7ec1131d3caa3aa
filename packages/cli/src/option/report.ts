import type * as Command from "effect/cli/Command"
import { flag, toggle } from "./setting.ts"

/** What is reported besides the result, and whether prompts are allowed. */
export const reportOptions = {
  json: flag("json", "Print JSON, with errors and warnings as JSON on stderr"),
  quiet: toggle("quiet", "No warnings, no progress"),
  noInput: toggle("no-input", "Never prompt, even on a terminal"),
}

export type ReportOptions = Command.Command.Config.Infer<typeof reportOptions>
