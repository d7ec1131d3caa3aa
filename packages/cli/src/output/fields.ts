import { stripVTControlCharacters, styleText } from "node:util"
import { printable } from "./printable.ts"

export type Field = readonly [name: string, value: string]

/** Fields as rows, with bold names. */
export const formatFields = (fields: ReadonlyArray<Field>): string =>
  formatRows(fields.map(([name, value]) => [styled("bold", name), printable(value)]))

/** Rows as lines: in aligned columns on a terminal, else separated by tabs. The cells are printable already. */
export const formatRows = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  if (!process.stdout.isTTY) return rows.map((row) => row.join("\t")).join("\n")
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => (at < row.length - 1 ? widthOf(row[at] ?? "") : 0))),
  )
  const padded = (cell: string, at: number): string => cell + " ".repeat(Math.max(0, (widths[at] ?? 0) - widthOf(cell)))
  return rows.map((row) => row.map(padded).join("  ").trimEnd()).join("\n")
}

export type Style = "bold" | "dim" | "green" | "red" | "yellow"

/** Text in a style, where stdout is a terminal with colours and nobody has set NO_COLOR. */
export const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout })

const widthOf = (text: string): number => stripVTControlCharacters(text).length
