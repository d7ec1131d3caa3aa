import { type Auth, createAuth, useApi, useAuth, webSessionStorage } from "../../packages/vue/src/index.ts"
import { authGuard } from "../../packages/vue/src/router.ts"

/** What a Vue application ships, Vue and its router apart: code + PKCE, memory and session storage, composables, guard. */
export const connect = (app: Parameters<Auth["install"]>[0], issuer: string) => {
  const auth = createAuth({ issuer, clientId: "spa", redirectUri: location.origin, storage: webSessionStorage() })
  auth.install(app)
  return { guard: authGuard(auth), useApi, useAuth }
}
