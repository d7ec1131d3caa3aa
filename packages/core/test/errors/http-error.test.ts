import { expect, test } from "vitest"
import { HttpError } from "../../src/errors/http-error.ts"

test("what CORS forbids looks to a page as if nobody were there, so the fix names it", () => {
  const { message } = new HttpError({ reason: { _tag: "Unreachable", url: "https://api.example/orders" } })
  expect(message).toBe(
    "https://api.example/orders could not be reached. " +
      "Check the address, that its server is up, and that it allows the origin of a page (CORS).",
  )
})
