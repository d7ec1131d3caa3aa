import { assert, describe, it } from "vitest"
import { AcquireError } from "../../src/errors/acquire-error.ts"
import { StoreError } from "../../src/errors/store-error.ts"
import { isHeld, type LoginFacts, type LoginStatus, loginStatus } from "../../src/provide/login-status.ts"

const url = "https://issuer.example/token"
const good: LoginFacts = { isOnline: true, isOver: false, failure: undefined }
const over: LoginFacts = { ...good, isOver: true }
const after = (reason: AcquireError["reason"]) => loginStatus({ ...over, failure: new AcquireError({ reason }) })

describe("the status of a login that is kept", () => {
  it("is signed in while its token is good, whatever went wrong", () => {
    assert.strictEqual(loginStatus(good), "signed-in")
    for (const reason of [
      { _tag: "LoginRequired", because: "the login cannot be renewed" },
      { _tag: "Unreachable", url },
    ] as const) {
      assert.strictEqual(loginStatus({ ...good, failure: new AcquireError({ reason }) }), "signed-in")
    }
  })

  it("says that its token has ended until there is a new one", () => {
    assert.strictEqual(loginStatus(over), "renewing")
    assert.strictEqual(after({ _tag: "InvalidOptions", field: "scope", problem: "is wrong" }), "renewing")
    assert.strictEqual(after({ _tag: "Rejected", url, status: 400, code: "invalid_scope", error: "x" }), "renewing")
    const reason = { _tag: "StoreUnavailable", operation: "put" } as const
    assert.strictEqual(loginStatus({ ...over, failure: new StoreError({ reason }) }), "renewing")
  })

  it("tells a lost network from a login that has ended", () => {
    assert.strictEqual(after({ _tag: "Unreachable", url }), "offline")
    assert.strictEqual(after({ _tag: "Unavailable", url, status: 503 }), "offline")
    assert.strictEqual(after({ _tag: "LoginRequired", because: "the issuer has ended the login" }), "needs-login")
    assert.strictEqual(after({ _tag: "LoginRequired", because: "nobody is signed in" }), "needs-login")
    const because = { _tag: "MalformedToken", problem: "is another" } as const
    assert.strictEqual(after({ _tag: "IdTokenRefused", because }), "needs-login")
  })

  it("is offline where the page is, unless it has ended", () => {
    for (const facts of [good, over]) assert.strictEqual(loginStatus({ ...facts, isOnline: false }), "offline")
    const failure = new AcquireError({ reason: { _tag: "LoginRequired", because: "the login cannot be renewed" } })
    assert.strictEqual(loginStatus({ isOnline: false, isOver: true, failure }), "needs-login")
  })
})

describe("a status", () => {
  it("is that of a login, or of none", () => {
    const statuses: ReadonlyArray<LoginStatus> = ["needs-login", "offline", "renewing", "signed-in", "signed-out"]
    assert.deepEqual(statuses.filter(isHeld), ["offline", "renewing", "signed-in"])
  })
})
