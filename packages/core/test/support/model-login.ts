import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import type { TargetInput } from "../../src/model/target.ts"
import type { Token, TokenSet } from "../../src/model/token-set.ts"
import { Login, loginLayer } from "../../src/provide/login.ts"
import { TokenProvider } from "../../src/provide/token-provider.ts"
import { memoryLockLayer } from "../../src/store/lock.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"
import { modelClient, type ModelIssuer } from "./model-issuer.ts"
import { pass } from "./ticks.ts"

export const setOf = (refreshToken: string): TokenSet => ({
  accessToken: Redacted.make("access-0"),
  tokenType: "Bearer",
  receivedAt: 0,
  expiresAt: 1000,
  scopes: [],
  presented: "access_token",
  refreshToken: Redacted.make(refreshToken),
})

export const loggedIn = (issuer: ModelIssuer, store: Layer.Layer<TokenStore> = memoryStoreLayer(), own?: TargetInput) =>
  loginLayer({ client: modelClient, key: "login", own }).pipe(
    Layer.provideMerge(Layer.mergeAll(issuer.network, store, memoryLockLayer)),
  )
export const opened = Effect.fnUntraced(function* (issuer: ModelIssuer) {
  const scope = yield* Scope.make()
  const services = yield* Layer.buildWithScope(loggedIn(issuer), scope)
  return { services, close: Scope.close(scope, Exit.void) }
})
export const begin = (issuer: ModelIssuer) =>
  Login.use((login) => login.begin(setOf(issuer.login()), { audience: "a" }))
export const token = (audience = "a") => TokenProvider.use((provider) => provider.token({ audience }))
export const valueOf = (each: Token): string => Redacted.value(each.value)
export const soon = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* pass(60_000, 300)
    return yield* Fiber.join(fiber)
  })
export const codeOf = (exit: Exit.Exit<unknown, { readonly explanation: { readonly code: string } }>) =>
  Exit.isFailure(exit)
    ? exit.cause.reasons.map((reason) => (reason._tag === "Fail" ? reason.error.explanation.code : reason._tag))
    : []
