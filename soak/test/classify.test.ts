import type { RefreshEntry } from "@bearerkit/issuer"
import { describe, expect, it } from "vitest"
import { classify, type Evidence, strangersIn } from "../src/classify.ts"

const entry = (token: string, outcome: string, successor?: string): RefreshEntry => ({
  at: "2026-01-01T00:00:00.000Z",
  client: "shop",
  grant: "refresh_token",
  token,
  outcome,
  ...(successor !== undefined && { successor }),
})

const ok = (token: string, successor: string): RefreshEntry => entry(token, "ok", successor)
const refused = (token: string): RefreshEntry => entry(token, "invalid_grant")

type Facts = Partial<Omit<Evidence, "sessions">> & { readonly kept: string | undefined }

/** One session whose first refresh token is `a`. */
const evidence = ({ kept, refreshes = [], swallowed = [], revoked = new Set() }: Facts): Evidence => ({
  sessions: [{ root: "a", kept }],
  refreshes,
  swallowed,
  revoked,
})

const judged = (facts: Facts) => {
  const [{ verdict, problem } = {}] = classify(evidence(facts))
  return problem ?? verdict
}

const byReset = { token: "a", by: "reset" } as const
const byKill = { token: "a", by: "kill" } as const

describe("a session is", () => {
  const revoked = new Set(["b"])
  const cases: ReadonlyArray<readonly [verdict: string, facts: Facts]> = [
    ["kept", { kept: "a" }],
    ["kept", { kept: "b", refreshes: [ok("a", "b")] }],
    ["ended by the issuer", { kept: undefined, refreshes: [ok("a", "b"), refused("b")], revoked }],
    ["answer lost to a reset", { kept: undefined, refreshes: [ok("a", "b"), refused("a")], swallowed: [byReset] }],
    ["answer lost to a kill", { kept: undefined, refreshes: [ok("a", "b"), refused("a")], swallowed: [byKill] }],
    // the kill swallowed the refusal
    [
      "ended by the issuer",
      {
        kept: undefined,
        refreshes: [ok("a", "b"), refused("b"), refused("b")],
        swallowed: [{ token: "b", by: "kill" }],
        revoked,
      },
    ],
  ]
  it.each(cases)("%s", (verdict, facts) => expect(judged(facts)).toBe(verdict))
})

describe("what must not be is a session that", () => {
  const again = "a refresh token was sent again after its answer had come"
  const cases: ReadonlyArray<readonly [problem: string, facts: Facts]> = [
    ["it is lost", { kept: undefined }],
    ["it is lost", { kept: undefined, refreshes: [ok("a", "b")] }],
    ["the issuer has ended it for nothing", { kept: undefined, refreshes: [ok("a", "b"), refused("b")] }],
    ["what is kept is not the issuer's latest", { kept: "a", refreshes: [ok("a", "b")] }],
    ["what is kept is not the issuer's latest", { kept: "x" }],
    ["what is kept was refused by the issuer", { kept: "b", refreshes: [ok("a", "b"), refused("b")] }],
    [again, { kept: "b", refreshes: [ok("a", "b"), refused("a")] }],
    [again, { kept: undefined, refreshes: [ok("a", "b"), refused("a")] }],
    [again, { kept: undefined, refreshes: [ok("a", "b"), refused("a"), refused("a")], swallowed: [byReset] }],
    ["is still there although its answer is lost", { kept: "b", refreshes: [ok("a", "b")], swallowed: [byReset] }],
    [
      "went on although its answer counts as lost",
      { kept: "c", refreshes: [ok("a", "b"), ok("b", "c")], swallowed: [byKill] },
    ],
  ]
  it.each(cases)("%s", (problem, facts) => expect(judged(facts)).toBe(problem))
})

it("a token that is of no session is told", () => {
  const all = evidence({ kept: "b", refreshes: [ok("a", "b"), refused("x")] })
  expect(strangersIn(all, classify(all))).toEqual([refused("x")])
})
