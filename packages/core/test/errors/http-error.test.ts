import { expect, test } from "vitest"
import { HttpError } from "../../src/errors/http-error.ts"
import { toReachIt } from "../../src/http/unreachable.web.ts"

test("what cannot be reached is looked for where it can be: on Node on the way there", () => {
  const { message } = new HttpError({ reason: { _tag: "Unreachable", url: "https://api.example/orders" } })
  expect(message).toBe(
    "https://api.example/orders could not be reached. " +
      "Check the address, that its server is up, and what is on the way to it: network, proxy, TLS.",
  )
  // what CORS forbids looks to a page as if nobody were there
  expect(toReachIt).toMatch(/for a page, CORS/)
})
