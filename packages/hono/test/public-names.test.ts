import { expect, it } from "vitest"
import * as hono from "../src/index.ts"

it("the public names", () => {
  expect(Object.keys(hono).toSorted()).toMatchSnapshot()
})
