import { expect, it } from "vitest"
import * as core from "../src/index.ts"
import * as testing from "../src/testing/index.ts"

it("the public names", () => {
  expect(Object.keys(core).toSorted()).toMatchSnapshot()
})

it("the public names for tests", () => {
  expect(Object.keys(testing)).toMatchSnapshot()
})
