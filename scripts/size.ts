import { parseArgs } from "node:util"
import { type Budget, budgets, problemsOf } from "./size/budget.ts"
import { type Bundle, bundle } from "./size/bundle.ts"

// What programs weigh that use the core, minified and gzipped (kB of 1000 bytes); fails when one is over its budget.

const { values } = parseArgs({ options: { verbose: { type: "boolean", default: false } } })

const kB = (bytes: number): string => (bytes / 1000).toFixed(1).padStart(6)

const row = ({ name, maxBytes }: Budget, { bytes, shares: { effect, ours, jose, other } }: Bundle): string =>
  `| ${name.padEnd(38)} | ${[bytes, maxBytes, ...[effect, ours, jose, other].map((share) => share * bytes)].map(kB).join(" | ")} |`

const largest = ({ modules }: Bundle): string =>
  modules
    .slice(0, 30)
    .map(({ path, bytes }) => `    ${kB(bytes)} ${path.replace(/.*node_modules\//, "")}`)
    .join("\n")

const bundles = await Promise.all(
  budgets.map(async (budget) => ({ budget, bundle: await bundle(budget.entry, budget.conditions) })),
)

console.log(`| ${"kB, minified and gzipped".padEnd(38)} |  total | budget | Effect |   ours |   jose |  other |`)
console.log(`| ${"-".repeat(38)} |${" -----: |".repeat(6)}`)
for (const { budget, bundle } of bundles) {
  console.log(row(budget, bundle))
  if (values.verbose) console.log(`  the largest modules, minified:\n${largest(bundle)}`)
}

const problems = bundles.flatMap(({ budget, bundle }) => problemsOf(budget, bundle))
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
