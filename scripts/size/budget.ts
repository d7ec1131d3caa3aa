import type { Bundle } from "./bundle.ts"

/** What a program may weigh. */
export interface Budget {
  readonly name: string
  /** The program, in this folder. */
  readonly entry: string
  /** Those of the one who bundles, where it is not for pages. */
  readonly conditions?: ReadonlyArray<string>
  /** Minified and gzipped. */
  readonly maxBytes: number
  /** Stages of the core of which nothing may be in it. */
  readonly without: ReadonlyArray<string>
}

const otherStages = ["acquire", "legacy", "store", "provide", "delegate", "call", "session"]

export const budgets: ReadonlyArray<Budget> = [
  { name: "verification, own keys", entry: "verify-own-keys.ts", maxBytes: 19_900, without: otherStages },
  { name: "verification, the issuer's keys", entry: "verify-issuer-keys.ts", maxBytes: 26_000, without: otherStages },
  { name: "code flow, provider, store, API client", entry: "code-flow.ts", maxBytes: 37_550, without: [] },
  { name: "the client of a page", entry: "page.ts", maxBytes: 46_950, without: ["legacy", "delegate", "session"] },
  {
    name: "Vue: plugin, composables, guard",
    entry: "vue.ts",
    maxBytes: 49_650,
    without: ["legacy", "delegate", "session"],
  },
  {
    name: "verifying gateway of a Worker, with Hono",
    entry: "../../apps/worker/src/verifying.ts",
    // as wrangler does
    conditions: ["workerd", "worker", "browser"],
    maxBytes: 36_000,
    without: ["acquire", "legacy", "provide", "delegate", "call", "session"],
  },
]

/** Why a bundle may not be shipped as it is. */
export const problemsOf = ({ name, maxBytes, without }: Budget, { bytes, modules }: Bundle): ReadonlyArray<string> => {
  const foreign = modules.filter(({ path }) => without.some((stage) => path.includes(`packages/core/src/${stage}/`)))
  return [
    ...(bytes > maxBytes
      ? [`${name}: ${bytes} bytes, ${bytes - maxBytes} more than the ${maxBytes} of its budget`]
      : []),
    ...foreign.map(({ path }) => `${name}: contains ${path}, which does not belong into it`),
  ]
}
