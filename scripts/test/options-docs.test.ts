import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { membersOf } from "../options-docs/members.ts"
import { optionsPage, optionsPagePath } from "../options-docs/page.ts"

test("docs/options.md is what the types say: node scripts/options-docs.ts makes it anew", async () => {
  expect(await optionsPage()).toBe(await readFile(optionsPagePath, "utf8"))
})

test("a member has its name, its type in one line, its text and its default", async () => {
  const members = await membersOf({ file: "issuer/src/config/connection.ts", type: "LdapConnectionConfig" })
  expect(members.map(({ name }) => name).slice(0, 4)).toEqual(["name", "strategy", "url", "startTls"])
  expect(members.find(({ name }) => name === "timeouts")).toEqual({
    name: "timeouts",
    isOptional: true,
    type: "{ readonly connect?: number; readonly bind?: number; readonly search?: number }",
    text: "Seconds; each is 5 by default.",
    byDefault: undefined,
  })
  expect(members.find(({ name }) => name === "startTls")).toMatchObject({ type: "boolean", byDefault: "false" })
})

test("a default stands apart from the text, also behind an empty line", async () => {
  const members = await membersOf({ file: "hono/src/delegation.ts", type: "DelegationOptions" })
  expect(members.find(({ name }) => name === "onError")?.text).toMatch(/not awaited\.$/)
})

test("a type that is not there is told", async () => {
  await expect(membersOf({ file: "issuer/src/mint.ts", type: "Nothing" })).rejects.toThrow("declares no Nothing")
})
