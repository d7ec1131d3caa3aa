import { expect, test } from "vitest"

import { makeRefusals } from "../../src/delegation/refusals.ts"

const refusal = { client: "shop", reason: "caller_not_allowed", grant: "delegation" } as const

test("the newest ten thousand refusals are kept, in their order", () => {
  const refusals = makeRefusals(() => {})
  for (let n = 0; n < 10_003; n++) refusals.add({ ...refusal, subject: `person-${n}` })
  expect(refusals.entries).toHaveLength(10_000)
  expect([refusals.entries.at(0)?.subject, refusals.entries.at(-1)?.subject]).toEqual(["person-3", "person-10002"])
})

test("what a request says goes into the record as short, printable text, and a token not at all", () => {
  const lines: Array<string> = []
  const refusals = makeRefusals((line) => lines.push(line))
  const token = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJhbGljZSJ9", "c2lnbmF0dXJl"].join(".")
  refusals.add({ ...refusal, client: "c".repeat(39) + " x".repeat(200), subject: `a\n"b"\\`, target: token })
  expect(refusals.entries).toEqual([
    {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      client: ("c".repeat(39) + " x".repeat(200)).slice(0, 200),
      subject: "a??b??",
      target: "[hidden]",
      reason: "caller_not_allowed",
      grant: "delegation",
    },
  ])
  expect(lines).toEqual([
    `delegation refused: ${refusals.entries[0]?.client} for a??b?? to [hidden]: caller_not_allowed (delegation)`,
  ])
})

test("what nobody said is left out, and the line says so", () => {
  const lines: Array<string> = []
  const refusals = makeRefusals((line) => lines.push(line))
  refusals.add(refusal)
  expect(Object.keys(refusals.entries[0] ?? {})).toEqual(["at", "client", "reason", "grant"])
  expect(lines).toEqual(["delegation refused: shop for nobody known to no target: caller_not_allowed (delegation)"])
})
