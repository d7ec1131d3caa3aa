import { expect, it } from "vitest"
import { maybeSameSite } from "../src/same-site.ts"

it.each([
  ["https://issuer.example.com/tenant", "https://app.example.com/callback", true],
  ["https://example.com", "https://app.example.com", true],
  ["https://issuer.example.com:8443", "https://issuer.example.com", true],
  ["http://127.0.0.1:4000", "http://127.0.0.1:5000", true],
  ["http://localhost:4000", "http://localhost:5000", true],
  // who is behind a shared name only the browser knows
  ["https://one.co.uk", "https://other.co.uk", true],
  ["https://issuer.example.com", "https://app.example.org", false],
  ["https://issuer.example.com", "https://issuer.example.com.evil.net", false],
  ["http://app.example.com", "https://app.example.com", false],
  ["http://10.0.0.1", "http://10.1.0.1", false],
  ["http://[::1]", "http://[::2]", false],
  ["http://127.0.0.1", "http://localhost", false],
  ["https://issuer", "https://app", false],
])("%s and %s may be of one site: %s", (one, other, expected) => {
  expect(maybeSameSite(one, other)).toBe(expected)
  expect(maybeSameSite(other, one)).toBe(expected)
})
