import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { securityToken } from "../../src/acquire/security-token.ts"
import { entraWire, exchangeWire, legacyWire } from "../../src/delegate/wire.ts"

const token = (type?: string) => securityToken("opaque", { type })
const saml = "urn:ietf:params:oauth:token-type:saml2"

describe("a wire takes what it can say at the issuer, and nothing else", () => {
  it.effect.each([
    ["exchange", exchangeWire, [undefined, "id_token", "refresh_token", "jwt", "saml2", saml], []],
    ["legacy", legacyWire, [undefined, "access_token", "jwt", "id_token", "refresh_token"], ["saml1", saml, "urn:x:y"]],
    ["on behalf of", entraWire, [undefined, "access_token", "jwt"], ["id_token", "refresh_token", saml]],
  ] as const)("%s: the type of the subject's token", ([, wire, taken, refused]) =>
    Effect.gen(function* () {
      for (const type of taken) yield* wire({ subject: yield* token(type) })
      for (const type of refused) {
        const { reason } = yield* Effect.flip(wire({ subject: yield* token(type) }))
        assert.deepInclude(reason, { _tag: "InvalidOptions", field: "subjectType" })
      }
    }),
  )

  it.effect("an actor besides the client: token exchange alone", () =>
    Effect.gen(function* () {
      const delegated = { subject: yield* token(), actor: yield* token() }
      yield* exchangeWire(delegated)
      for (const wire of [legacyWire, entraWire]) {
        const { reason } = yield* Effect.flip(wire(delegated))
        assert.deepInclude(reason, { _tag: "InvalidOptions", field: "actor" })
      }
    }),
  )
})
