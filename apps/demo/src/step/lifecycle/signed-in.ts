import {
  beginAuthorization,
  completeAuthorization,
  type Discovery,
  type Http,
  Login,
  loginLayer,
  memoryLockLayer,
  memoryStoreLayer,
  type SingleFlight,
  type TokenProvider,
} from "@bearerkit/core"
import { Person } from "@bearerkit/services"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ada, audiences, clients, redirectUris } from "../../world/people.ts"
import type { World } from "../../world/world.ts"
import { networkOf, publicClient } from "../program.ts"

/** What Ada is signed in for first; her refresh token serves the other targets. */
export const target = { audience: audiences.orders, scope: "openid offline_access orders:read" }

/** Signs Ada in with a code and a rotating refresh token, and runs a program as her application. */
export const asAda = <A, E>(
  world: World,
  program: Effect.Effect<A, E, Discovery | Http | Login | SingleFlight | TokenProvider>,
  options: { readonly signal: AbortSignal; readonly fetch?: typeof globalThis.fetch },
): Promise<A> => {
  const client = publicClient(world, clients.spa)
  const person = new Person({ username: ada.username, password: world.secrets.adaPassword })
  const layer = loginLayer({ client, key: "login of Ada" }).pipe(
    Layer.provideMerge(Layer.mergeAll(networkOf(world, options.fetch), memoryStoreLayer(), memoryLockLayer)),
  )
  const signedIn = Effect.gen(function* () {
    const begun = yield* beginAuthorization(client, target, { redirectUri: redirectUris.spa, prompt: "consent" })
    const callback = yield* Effect.promise(() => person.visit(begun.url))
    const { tokens } = yield* completeAuthorization(client, { transaction: begun.transaction, callback })
    yield* Login.use((login) => login.begin(tokens, target))
    return yield* program
  })
  return Effect.runPromise(Effect.provide(signedIn, layer), { signal: options.signal })
}
