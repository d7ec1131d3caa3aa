import type { BenchResult } from "./result.ts"

/** A result for people: each contestant with its median and its spread, the fastest first. */
export const table = (result: BenchResult): string => {
  const rows: ReadonlyArray<readonly [string, number]> = [
    ["ours", result.ours],
    ...Object.entries(result.peers),
    ...(result.limit === null ? [] : [["limit", result.limit] as const]),
  ]
  const lines = rows.toSorted(([, a], [, b]) => a - b).map(([name, value]) => row(name, value, result))
  return [`${result.suite} / ${result.case}   ${verdict(result)}`, ...lines, ""].join("\n")
}

const row = (name: string, value: number, { unit, spread }: BenchResult): string => {
  const [low, high] = spread[name] ?? [value, value]
  return `  ${name.padEnd(24)} ${number(value)} ${unit}   (${number(low)} to ${number(high)})`
}

const verdict = ({ aboveLimit, peers, ratio, spread, unit }: BenchResult): string => {
  const [low, high] = spread["ratio"] ?? [ratio, ratio]
  const faster = `${ratio.toFixed(2)} x the best peer (${low.toFixed(2)} to ${high.toFixed(2)})`
  const above = aboveLimit === null ? "" : `${aboveLimit.toFixed(1)} ${unit} above the limit`
  return [Object.keys(peers).length === 0 ? "" : faster, above].filter((part) => part !== "").join(", ")
}

const number = (value: number): string => value.toFixed(2).padStart(9)
