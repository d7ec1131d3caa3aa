import { formatRows, styled } from "../output/fields.ts"
import { printable, printableJson } from "../output/printable.ts"
import type { Finding } from "./finding.ts"

/** The findings for a person or as JSON. */
export const formatFindings = (all: ReadonlyArray<Finding>, { json }: { readonly json: boolean }): string =>
  json ? printableJson({ version: 1, checks: all }) : formatRows(all.flatMap(rowsOf))

const rowsOf = ({ state, check, what, fix }: Finding): ReadonlyArray<ReadonlyArray<string>> => {
  const row = [styled(colours[state], state), check, printable(what)]
  if (fix === undefined) return [row]
  // programs read lines, so one line is one finding
  return process.stdout.isTTY ? [row, ["", "", styled("bold", `fix: ${printable(fix)}`)]] : [[...row, printable(fix)]]
}

const colours = { ok: "green", skip: "dim", warn: "yellow", fail: "red" } as const
