import { parseArgs } from "node:util"
import type { Plan } from "./plan.ts"
import { soak } from "./soak.ts"
import { table } from "./table.ts"

const usage = `Usage: pnpm soak [options]

Thousands of sessions on 4 processes over Redis, while renewals fail, processes are killed, and Redis once. Then every
session is compared with the issuer's own log. Exits with 1 if one was lost that nothing had swallowed.

  --seed N       decides every random choice; without it one is chosen and printed
  --sessions N   how many; 10000
  --storm N      how many seconds things go wrong; 120
  --help         this text
`

const wholeNumber = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined)

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      seed: { type: "string" },
      sessions: { type: "string", default: "10000" },
      storm: { type: "string", default: "120" },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return print(process.stdout, usage)
  const seed = wholeNumber(values.seed ?? String(Math.floor(Math.random() * 1e6)))
  const sessions = wholeNumber(values.sessions)
  const seconds = wholeNumber(values.storm)
  if (seed === undefined || !sessions || !seconds) return print(process.stderr, usage, 2)
  const plan: Plan = {
    seed,
    sessions,
    storm: seconds * 1000,
    end: 240_000,
    killEvery: 4000,
    stall: 5000,
    deadAfter: 10_000,
    visitors: 48,
    proofs: 1000,
  }
  print(process.stderr, `seed ${seed}\n`)
  const begun = Date.now()
  const say = (line: string): number =>
    print(process.stderr, `${((Date.now() - begun) / 1000).toFixed(0).padStart(4)} s  ${line}\n`)
  const report = await soak(plan, say)
  print(process.stdout, table(report))
  for (const problem of report.problems) print(process.stdout, `${problem}\n`)
  return report.problems.length === 0 ? 0 : 1
}

const print = (stream: NodeJS.WriteStream, text: string, code = 0): number => {
  stream.write(text)
  return code
}

process.exitCode = await main()
