import { expect, it } from "vitest"
import * as devtools from "../src/devtools/index.ts"
import * as vue from "../src/index.ts"
import * as router from "../src/router.ts"
import * as testing from "../src/testing.ts"

it("the public names", () => {
  const entries = Object.entries({ devtools, router, testing, vue })
  expect(Object.fromEntries(entries.map(([name, entry]) => [name, Object.keys(entry)]))).toMatchSnapshot()
})
