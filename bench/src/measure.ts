/** One way to do the work: `run` does it `count` times, one after the other or together as the case says. */
export interface Contestant {
  readonly name: string
  readonly run: (count: number) => Promise<void> | void
}

/** How thorough a run is. */
export interface Effort {
  readonly rounds: number
  /** How long each contestant works per round, in milliseconds. */
  readonly roundMs: number
  /** How many tokens go through a cache whose memory is looked at. */
  readonly distinct: number
}

export interface MeasureOptions extends Omit<Effort, "distinct"> {
  /** How many operations are asked for at a time. */
  readonly batch: number
}

/** Fewer and longer rounds, for what takes a while to get going or is timed from outside. */
export const inLongRounds = ({ rounds, roundMs, distinct }: Effort): Effort => ({
  rounds: Math.ceil(rounds / 4),
  roundMs: Math.max(roundMs * 4, 80),
  distinct,
})

/** Microseconds per operation, by contestant, one value per round. */
export type Samples = ReadonlyMap<string, ReadonlyArray<number>>

/**
 * Lets the contestants take turns, each a short time per round, in another order each round, so that what disturbs the
 * machine disturbs all of them alike, or one of them in one round of many.
 */
export const measure = async (contestants: ReadonlyArray<Contestant>, options: MeasureOptions): Promise<Samples> => {
  const samples = new Map(contestants.map(({ name }): [string, Array<number>] => [name, []]))
  for (let round = -warmUpRounds; round < options.rounds; round++) {
    for (const contestant of shuffled(contestants)) {
      const each = await turn(contestant, options)
      if (round >= 0) samples.get(contestant.name)?.push(each)
    }
  }
  return samples
}

const warmUpRounds = 2

/** A quarter of the time goes by uncounted, for caches and clock speed to recover from the one before. */
const turn = async (contestant: Contestant, { roundMs, batch }: MeasureOptions): Promise<number> => {
  await runFor(roundMs / 4, Math.min(batch, 50), contestant)
  return runFor(roundMs, batch, contestant)
}

const runFor = async (ms: number, batch: number, { run }: Contestant): Promise<number> => {
  const start = performance.now()
  let operations = 0
  let elapsed = 0
  while (elapsed < ms) {
    await run(batch)
    operations += batch
    elapsed = performance.now() - start
  }
  return (elapsed * 1000) / operations
}

const shuffled = <A>(list: ReadonlyArray<A>): ReadonlyArray<A> =>
  list
    .map((value) => ({ value, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value)
