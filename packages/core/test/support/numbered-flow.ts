import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Flow } from "../../src/acquire/flow.ts"
import type { AcquireError } from "../../src/errors/acquire-error.ts"
import { sharedFlightsLayer } from "../../src/http/single-flight.ts"
import type { Target } from "../../src/model/target.ts"
import type { Token } from "../../src/model/token-set.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { TokenProvider, tokenProviderLayer } from "../../src/provide/token-provider.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"
import { network } from "./world.ts"

export const client = { issuer: "https://issuer.example", clientId: "me", clientAuth: none() }
export const valueOf = (token: Token): string => Redacted.value(token.value)

interface Script {
  readonly lifetimeMillis?: number
  readonly before?: Effect.Effect<void, AcquireError>
  readonly replay?: Flow["replay"]
  readonly identity?: ReadonlyArray<string>
}

/** A flow whose tokens are numbered, so that a test sees which of them it got. */
export const numbered = ({
  lifetimeMillis = 3_600_000,
  before = Effect.void,
  replay = "safe",
  identity = [],
}: Script = {}) => {
  const asked: Array<Target> = []
  const flow: Flow = {
    grant: "numbered",
    replay,
    discovers: false,
    identity,
    warnings: [],
    acquire: Effect.fnUntraced(function* (_, target) {
      asked.push(target)
      const accessToken = Redacted.make(`token ${asked.length}`)
      yield* before
      const receivedAt = yield* Effect.clockWith((clock) => clock.currentTimeMillis)
      const times = { receivedAt, expiresAt: receivedAt + lifetimeMillis }
      return { accessToken, tokenType: "Bearer", scopes: [], presented: "access_token", ...times } as const
    }),
  }
  return { flow, asked }
}

export const providing = (flow: Flow, store: Layer.Layer<TokenStore> = memoryStoreLayer()) =>
  tokenProviderLayer({ client, flow }).pipe(Layer.provide([network(), store, sharedFlightsLayer]))

export const token = (target = {}) => TokenProvider.use((provider) => provider.token(target))
export const renew = (refused: Token) => TokenProvider.use((provider) => provider.renew({}, refused))
export const many = <A, E, R>(count: number, effect: Effect.Effect<A, E, R>) =>
  Effect.all(
    Array.from({ length: count }, () => effect),
    { concurrency: "unbounded" },
  )
