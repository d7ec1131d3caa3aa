import { expect, it } from "vitest"
import * as core from "../src/index.ts"

it("the public names", () => {
  expect(Object.keys(core).toSorted()).toMatchSnapshot()
})
