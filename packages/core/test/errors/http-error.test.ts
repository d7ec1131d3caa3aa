import { afterEach, expect, test, vi } from "vitest"
import { HttpError } from "../../src/errors/http-error.ts"

afterEach(() => vi.unstubAllGlobals())

const messageOf = () => new HttpError({ reason: { _tag: "Unreachable", url: "https://api.example/orders" } }).message

test("where a page reaches nobody, CORS is named: a browser does not tell it from an outage", () => {
  vi.stubGlobal("document", {})
  expect(messageOf()).toBe(
    "https://api.example/orders could not be reached. Check the address, and that the server is running and reachable from here, and allows this origin (CORS).",
  )
})

test("beyond a page there is no CORS", () => {
  expect(messageOf()).toMatch(/the server is running and reachable from here\.$/)
})
