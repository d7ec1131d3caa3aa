import type { Samples } from "./measure.ts"

/** What a case came to; every value is in `unit`, less is better. */
export interface BenchResult {
  readonly suite: string
  readonly case: string
  readonly unit: string
  readonly ours: number
  readonly peers: Readonly<Record<string, number>>
  /** The least that is possible, if that is known; null otherwise. */
  readonly limit: number | null
  /** What ours takes above that, median of the rounds. */
  readonly aboveLimit: number | null
  /** The best peer's time by ours, median of the rounds: above 1 we are faster. */
  readonly ratio: number
  /** Between what four fifths of the rounds are, of each contestant and of the `ratio`. */
  readonly spread: Readonly<Record<string, readonly [number, number]>>
}

export interface Titles {
  readonly suite: string
  readonly case: string
}

/** Medians of the rounds; what compares two is paired, by round, since the machine is now slower and now faster. */
export const summarise = ({ suite, case: title }: Titles, samples: Samples): BenchResult => {
  const medians = new Map([...samples].map(([name, values]) => [name, median(values)]))
  const peers = [...medians].filter(([name]) => name !== ours && name !== limit)
  const best = peers.toSorted(([, a], [, b]) => a - b)[0]?.[0] ?? ours
  const mine = samples.get(ours) ?? []
  const ratios = (samples.get(best) ?? []).map((value, round) => value / (mine[round] ?? value))
  const above = samples.get(limit)?.map((value, round) => (mine[round] ?? value) - value)
  return {
    suite,
    case: title,
    unit: "us",
    ours: rounded(medians.get(ours) ?? Number.NaN),
    peers: Object.fromEntries(peers.map(([name, value]) => [name, rounded(value)])),
    limit: medians.has(limit) ? rounded(medians.get(limit) ?? 0) : null,
    aboveLimit: above === undefined ? null : rounded(median(above)),
    ratio: rounded(median(ratios)),
    spread: Object.fromEntries(
      [...samples, ["ratio", ratios] as const].map(([name, values]) => [name, extent(values)]),
    ),
  }
}

/** The names that a case gives its own contestant and the lower bound. */
export const ours = "ours"
export const limit = "limit"

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

/** All but the lowest and the highest tenth. */
const extent = (values: ReadonlyArray<number>): readonly [number, number] => {
  const sorted = values.toSorted((a, b) => a - b)
  const tenth = Math.floor((sorted.length - 1) / 10)
  return [rounded(sorted.at(tenth) ?? Number.NaN), rounded(sorted.at(-1 - tenth) ?? Number.NaN)]
}

const rounded = (value: number): number => Number(value.toPrecision(4))
