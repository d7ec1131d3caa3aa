import { assert, describe, it } from "vitest"
import { AcquireError } from "../../src/errors/acquire-error.ts"
import { isHeld, type LoginEvent, loginEventOf, type LoginStatus, loginStatus } from "../../src/provide/login-status.ts"

const statuses: ReadonlyArray<LoginStatus> = ["needs-login", "offline", "renewing", "signed-in", "signed-out"]
const requests: ReadonlyArray<LoginEvent> = ["elsewhere", "expired", "renewed", "renewing", "unreachable"]
const eventOf = (reason: AcquireError["reason"]) => loginEventOf(new AcquireError({ reason }))

describe("the status of a login", () => {
  it("is signed in after a login and signed out after a logout, whatever it was", () => {
    for (const status of statuses) {
      assert.strictEqual(loginStatus(status, "begun"), "signed-in")
      assert.strictEqual(loginStatus(status, "ended"), "signed-out")
    }
  })

  it("never becomes a login by what requests bring", () => {
    for (const status of ["needs-login", "signed-out"] as const) {
      for (const event of requests) assert.isFalse(isHeld(loginStatus(status, event)), `${status}, ${event}`)
    }
  })

  it("stays a login through everything but its end", () => {
    for (const status of ["offline", "renewing", "signed-in"] as const) {
      for (const event of requests) assert.strictEqual(isHeld(loginStatus(status, event)), event !== "expired")
      assert.strictEqual(loginStatus(status, "unreachable"), "offline")
      assert.strictEqual(loginStatus(status, "expired"), "needs-login")
    }
  })

  it("tells a lost network from a login that has ended", () => {
    const url = "https://issuer.example/token"
    assert.strictEqual(eventOf({ _tag: "Unreachable", url }), "unreachable")
    assert.strictEqual(eventOf({ _tag: "Unavailable", url, status: 503 }), "unreachable")
    assert.strictEqual(eventOf({ _tag: "LoginRequired", because: "the issuer has ended the login" }), "expired")
    assert.strictEqual(eventOf({ _tag: "LoginRequired", because: "nobody is signed in" }), "expired")
    const because = { _tag: "MalformedToken", problem: "is another" } as const
    assert.strictEqual(eventOf({ _tag: "IdTokenRefused", because }), "expired")
    assert.strictEqual(eventOf({ _tag: "InvalidOptions", field: "scope", problem: "is wrong" }), "renewed")
  })
})
