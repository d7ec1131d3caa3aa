import { parseArgs } from "node:util"
import { cliSuite } from "./cli.ts"
import { honoSuite } from "./hono.ts"
import type { Effort } from "./measure.ts"
import { memorySuite } from "./memory.ts"
import { pageSuite } from "./page.ts"
import { repeatedSuite } from "./repeated.ts"
import type { BenchResult } from "./result.ts"
import { table } from "./table.ts"
import { tokenSuite } from "./token.ts"
import { verifySuite } from "./verify.ts"
import { workerdSuite } from "./workerd.ts"

const suites: Readonly<Record<string, (effort: Effort) => AsyncIterable<BenchResult>>> = {
  verify: verifySuite,
  repeated: repeatedSuite,
  memory: memorySuite,
  token: tokenSuite,
  hono: honoSuite,
  workerd: workerdSuite,
  cli: cliSuite,
  page: pageSuite,
}

const quickly: Effort = { rounds: 8, roundMs: 5, distinct: 30_000 }
const thoroughly: Effort = { rounds: 60, roundMs: 30, distinct: 1_000_000 }

const usage = `Usage: pnpm bench [options]

Compares with the peers: medians of rounds in which all take turns, in one process.

  --only SUITE   one of: ${Object.keys(suites).join(", ")}
  --quick        less thorough, under a minute in all
  --json         one JSON object per line
  --help         this text
`

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  if (values.help) return print(usage)
  const chosen = Object.entries(suites).filter(([name]) => values.only === undefined || name === values.only)
  if (chosen.length === 0) return complain(`There is no suite ${values.only}.\n\n${usage}`)
  const effort: Effort = values.quick ? quickly : thoroughly
  for (const [, suite] of chosen) {
    for await (const result of suite(effort)) print(values.json ? `${JSON.stringify(result)}\n` : `${table(result)}\n`)
  }
  return 0
}

const print = (text: string): number => {
  process.stdout.write(text)
  return 0
}

const complain = (text: string): number => {
  process.stderr.write(text)
  return 2
}

process.exitCode = await main()
