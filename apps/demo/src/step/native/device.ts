import { beginDeviceAuthorization, deviceCode, parseTarget, presentedToken } from "@bearerkit/core"
import { Person } from "@bearerkit/services"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { ada, audiences, clients } from "../../world/people.ts"
import { whoami } from "../delegation/whoami.ts"
import { perform, publicClient } from "../program.ts"
import type { Step } from "../step.ts"

/** A device without a browser shows a code; Ada enters it elsewhere, and the device has its token. */
export const device: Step = {
  name: "native/device",
  take: async (world, signal) => {
    const client = publicClient(world, clients.tv)
    const person = new Person({ username: ada.username, password: world.secrets.adaPassword })
    let polls = 0
    const program = Effect.gen(function* () {
      const target = yield* Effect.fromResult(parseTarget({ audience: audiences.orders, scope: "openid orders:read" }))
      const waiting = yield* beginDeviceAuthorization(client, target)
      const flow = deviceCode(waiting, { onPoll: () => (polls += 1) })
      const entered = Effect.promise(() => person.finish(waiting.verificationUriComplete ?? waiting.verificationUri))
      const [tokens] = yield* Effect.all([flow.acquire(client, target), entered], { concurrency: 2 })
      return { tokens, userCode: waiting.userCode }
    })
    const { tokens, userCode } = await perform(world, program, signal)
    const read = await whoami(world, Redacted.value(presentedToken(tokens).value), "/whoami")
    return {
      line: `${ada.username} entered ${userCode} on another device; ${clients.tv} had its token with poll ${polls + 1}`,
      detail: { jti: read["jti"], client: clients.tv, subject: read["sub"], audience: read["aud"], polls: polls + 1 },
    }
  },
}
