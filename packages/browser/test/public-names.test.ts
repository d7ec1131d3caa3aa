import { expect, it } from "vitest"
import * as browser from "../src/index.ts"
import * as iframe from "../src/iframe.ts"
import * as popup from "../src/popup.ts"

it("the public names", () => {
  const entries = Object.entries({ browser, iframe, popup })
  const names = entries.map(([entry, exports]) => [entry, Object.keys(exports).toSorted()])
  expect(Object.fromEntries(names)).toMatchSnapshot()
})
