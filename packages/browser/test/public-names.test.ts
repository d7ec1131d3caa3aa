import { expect, it } from "vitest"
import * as browser from "../src/index.ts"
import * as popup from "../src/popup.ts"

it("the public names", () => {
  expect({ browser: Object.keys(browser).toSorted(), popup: Object.keys(popup).toSorted() }).toMatchSnapshot()
})
