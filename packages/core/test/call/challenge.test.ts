import { assert, describe, it } from "vitest"
import { stepUpOf } from "../../src/call/challenge.ts"

const answer = (challenge: string, status = 401) => ({
  status,
  headers: new Headers({ "www-authenticate": challenge }),
})

describe("what a challenge demands of the next login", () => {
  it("is the class of authentication, its age, or only that there be another", () => {
    const demand = 'Bearer error="insufficient_user_authentication", error_description="no, acr_values=fake"'
    assert.deepStrictEqual(stepUpOf(answer(`${demand}, acr_values="gold silver", max_age="300"`)), {
      acrValues: ["gold", "silver"],
      maxAge: 300_000,
    })
    assert.deepStrictEqual(stepUpOf(answer(`${demand}, max_age=0`)), { maxAge: 0 })
    assert.deepStrictEqual(stepUpOf(answer('DPoP error=insufficient_user_authentication, max_age="x"')), {})
  })

  it("is nothing for any other answer", () => {
    assert.isUndefined(stepUpOf(answer('Bearer error="invalid_token"')))
    assert.isUndefined(stepUpOf(answer('Bearer error="insufficient_user_authentication"', 403)))
    assert.isUndefined(stepUpOf({ status: 401, headers: new Headers() }))
  })
})
