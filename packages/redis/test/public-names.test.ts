import { expect, it } from "vitest"
import * as redis from "../src/index.ts"

it("the public names", () => {
  expect(Object.keys(redis).toSorted()).toMatchSnapshot()
})
