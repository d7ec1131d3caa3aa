import { Login, TokenProvider } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { ada, clients } from "../../world/people.ts"
import { payloadOf } from "../api/payload.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { asAda, target } from "./signed-in.ts"

/** Ada signs out while a renewal is under way: what it brings is let go of, and nobody is signed in again by it. */
export const logoutDiscardsRenewal: Step = {
  name: "lifecycle/logout-discards-renewal",
  take: async (world, signal) => {
    const before = world.issuer.refreshes.length
    let answered = (): void => {}
    let letGo = (): void => {}
    const spent = new Promise<void>((resolve) => (answered = resolve))
    const slow = new Promise<void>((resolve) => (letGo = resolve))
    const fetch = async (...args: Parameters<typeof globalThis.fetch>): Promise<Response> => {
      const response = await globalThis.fetch(...args)
      if (!String(args[1]?.body).includes("grant_type=refresh_token")) return response
      answered()
      await slow
      return response
    }
    const program = Effect.gen(function* () {
      const provider = yield* TokenProvider
      const login = yield* Login
      const token = yield* provider.token(target)
      const renewal = yield* Effect.forkChild(Effect.flip(provider.renew(target, token)))
      yield* Effect.promise(() => spent)
      yield* login.end()
      letGo()
      const outcome = yield* Fiber.join(renewal)
      return {
        first: Redacted.value(token.value),
        code: outcome.explanation.code,
        kept: yield* login.current,
        after: yield* Effect.flip(provider.token(target)),
      }
    })
    const { first, code, kept, after } = await asAda(world, program, { signal, fetch })
    expect(world.issuer.refreshes.length - before === 1, "the issuer did not see the renewal")
    expect(code === "login_required", `the renewal under way ended as ${code}`)
    expect(kept === undefined, "the login is still there")
    expect(after.explanation.code === "login_required", `the next call ended as ${after.explanation.code}`)
    return {
      line: `${ada.username} signed out while a renewal was under way; what it brought was let go of, and the next call asks to sign in`,
      detail: { jti: payloadOf(first)["jti"], client: clients.spa, renewal: code, next: after.explanation.code },
    }
  },
}
