import type * as Effect from "effect/Effect"
import type { StoreError } from "../errors/store-error.ts"
import { inSpan } from "../telemetry/telemetry.ts"
import type { TokenStore } from "./token-store.ts"

/** A store with a span per operation; a key identifies a person, so no span contains it. */
export const observedStore = (store: TokenStore["Service"]): TokenStore["Service"] => ({
  get: (key) => observed("get", store.get(key)),
  put: (key, value, options) => observed("put", store.put(key, value, options)),
  remove: (key, options) => observed("remove", store.remove(key, options)),
})

const observed = <A>(operation: string, work: Effect.Effect<A, StoreError>): Effect.Effect<A, StoreError> =>
  inSpan(work, { name: "oauth.store", attributes: { operation } })
