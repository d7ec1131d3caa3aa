import type * as Command from "effect/cli/Command"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import { flag } from "./setting.ts"

/** The request to an API. */
export const requestOptions = {
  url: Argument.String("url").pipe(Argument.withDescription("The URL of the API: https, or http on this machine")),
  method: Flag.String("method").pipe(
    Flag.withAlias("X"),
    Flag.withMetavar("METHOD"),
    Flag.withDescription("GET by default, POST with data"),
    Flag.withDefault(undefined),
  ),
  dataFile: Flag.String("data-file").pipe(
    Flag.withAlias("d"),
    Flag.withMetavar("FILE"),
    Flag.withDescription("The body, - for stdin; application/json unless a header says otherwise"),
    Flag.withDefault(undefined),
  ),
  headers: Flag.String("header").pipe(
    Flag.withAlias("H"),
    Flag.withMetavar("HEADER"),
    Flag.withDescription("A header as 'Name: value', or @FILE with one on each line; repeatable"),
    Flag.atLeast(0),
  ),
  include: flag("include", "Print status and headers before the body").pipe(Flag.withAlias("i")),
  as: Flag.String("as").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Call on behalf of the subject of the token in FILE (- reads stdin)"),
    Flag.withDefault(undefined),
  ),
}

export type RequestOptions = Command.Command.Config.Infer<typeof requestOptions>
