import { expect, it } from "vitest"
import * as vue from "../src/index.ts"
import * as router from "../src/router.ts"
import * as testing from "../src/testing.ts"

it("the public names", () => {
  expect({ vue: Object.keys(vue), router: Object.keys(router), testing: Object.keys(testing) }).toMatchSnapshot()
})
