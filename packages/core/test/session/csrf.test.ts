import { expect, it } from "vitest"
import { crossSite } from "../../src/session/csrf.ts"

const origin = "https://app.example"
const ask = (headers: Readonly<Record<string, string>>, method = "POST") =>
  crossSite({ method, url: "https://evil.example/", headers: new Headers(headers) }, origin)

it("a request of our own pages may change something", () => {
  for (const headers of [{ origin }, { "sec-fetch-site": "same-origin" }, { origin, "sec-fetch-site": "same-origin" }])
    expect(ask(headers)).toBeUndefined()
})

it.each<readonly [string, Readonly<Record<string, string>>, unknown]>([
  ["that says nothing", {}, undefined],
  ["of another site", { "sec-fetch-site": "cross-site" }, undefined],
  ["of a sibling", { "sec-fetch-site": "same-site", origin: "https://other.app.example" }, "https://other.app.example"],
  ["of the origin that it was sent to", { origin: "https://evil.example" }, "https://evil.example"],
  ["of no origin", { origin: "null" }, "null"],
  ["of an origin to break a line", { origin: "https://evil.example\u007fx" }, "https://evil.example x"],
  ["of an origin without end", { origin: `https://${"e".repeat(200)}` }, expect.stringMatching(/^https:\/\/e{50,95}/)],
])("a request %s may not", (_, headers, from) => {
  expect(ask(headers)).toEqual({ _tag: "CrossSiteRequest", origin: from })
})
