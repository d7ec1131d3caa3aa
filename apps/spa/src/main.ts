import { code, locationHash, tokenExchange } from "@bearerkit/browser"
import { createAuth } from "@bearerkit/vue"
import { authDevtools } from "@bearerkit/vue/devtools"
import { createApp } from "vue"
import { App } from "./app.tsx"
import { makeClock } from "./clock.ts"
import { type Context, contextKey } from "./context.ts"
import { makeRouter } from "./router.ts"
import { loadChoice, storageOf, type World } from "./settings.ts"

const world = (await (await fetch("/config.json")).json()) as World
const choice = loadChoice()
const clock = makeClock(world.ahead)
const isHash = choice.flow === "hash"
const scope = isHash ? "openid email orders:read" : "openid email offline_access orders:read"
const target = { audience: world.audience, scope }

const auth = createAuth({
  issuer: world.issuer,
  clientId: isHash ? world.hashClientId : world.clientId,
  redirectUri: `${location.origin}/callback`,
  postLogoutRedirectUri: `${location.origin}/`,
  target,
  apis: { [world.api]: target },
  storage: storageOf(choice),
  flow: isHash ? locationHash({ responseType: "id_token token" }) : code(),
  delegation: tokenExchange(),
  // the issuer gives a refresh token only to whom the person has allowed it (OpenID Connect Core §11)
  ...(!isHash && { loginDefaults: { prompt: "consent" as const } }),
  acceptedWarnings: ["local-storage", "script-readable-cookie", "token-in-fragment"],
  now: clock.now,
  devtools: import.meta.env.DEV ? authDevtools() : undefined,
})
const context: Context = { auth, clock, world, choice }

createApp(App).provide(contextKey, context).use(auth).use(makeRouter(auth)).mount("#app")
