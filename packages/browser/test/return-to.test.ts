import { expect, it } from "vitest"
import { returnPath } from "../src/return-to.ts"

const origin = "https://app.example"

it.each([
  ["https://app.example/a?b=c#d", "/a?b=c#d"],
  ["/a/../b", "/b"],
  ["?page=2", "/?page=2"],
  ["https://evil.example/a", "/"],
  ["https://app.example@evil.example/", "/"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["/.//evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["data:text/html,x", "/"],
  ["http://app.example/", "/"],
  ["https://app.example:444/", "/"],
  ["http://[", "/"],
])("%s leads to %s", (address, path) => {
  expect(returnPath(address, origin)).toBe(path)
})
