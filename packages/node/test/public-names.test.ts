import { expect, it } from "vitest"
import * as node from "../src/index.ts"

it("the public names", () => {
  expect(Object.keys(node).toSorted()).toMatchSnapshot()
})
