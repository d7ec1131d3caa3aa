import { expect, it } from "vitest"
import * as browser from "../src/index.ts"

it("the public names", () => {
  expect(Object.keys(browser).toSorted()).toMatchSnapshot()
})
