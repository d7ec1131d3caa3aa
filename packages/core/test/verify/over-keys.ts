import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Verifier } from "../../src/verify/access-token.ts"
import { type KeyServer, keyServer, remoteVerifier, type RemoteVerifierOptions } from "./key-server.ts"
import { start } from "./outcome.ts"
import { inVirtualTime } from "./virtual-time.ts"

interface OverKeys {
  readonly server: KeyServer
  readonly verifier: Verifier
}

interface Keys extends RemoteVerifierOptions {
  readonly published: ReadonlyArray<object>
}

/** Runs a test in its own time, with a server of these keys and a verifier that has not asked for them yet. */
export const overKeys = <A, E>(
  { published, ...options }: Keys,
  test: (world: OverKeys) => Effect.Effect<A, E, Scope.Scope>,
): Promise<A> =>
  inVirtualTime(
    Effect.gen(function* () {
      yield* start
      const server = yield* keyServer(published)
      return yield* test({ server, verifier: yield* remoteVerifier(server, options) })
    }),
  )
