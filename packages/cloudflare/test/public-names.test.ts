import { afterAll, beforeAll, expect, it } from "vitest"
import { startWorkerd, type Workerd } from "./support/workerd.ts"

let workerd: Workerd
beforeAll(async () => void (workerd = await startWorkerd()))
afterAll(() => workerd.harness.close())

it("the public names", async () => {
  expect(await (await workerd.harness.fetch("/names")).json()).toMatchSnapshot()
})
