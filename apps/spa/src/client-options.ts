import { type BrowserClientOptions, code, locationHash, tokenExchange } from "@bearerkit/browser"
import { type Choice, storageOf, type World } from "./settings.ts"

/** How this application signs people in, as one of them has chosen it. */
export const optionsOf = (world: World, choice: Choice, now: () => number): BrowserClientOptions => {
  const isHash = choice.flow === "hash"
  const scope = isHash ? "openid email orders:read" : "openid email offline_access orders:read"
  const target = { audience: world.audience, scope }
  return {
    issuer: world.issuer,
    clientId: isHash ? world.hashClientId : world.clientId,
    redirectUri: `${location.origin}/callback`,
    postLogoutRedirectUri: `${location.origin}/`,
    target,
    apis: { [world.api]: target },
    storage: storageOf(choice),
    flow: isHash ? locationHash({ responseType: "id_token token" }) : code(),
    delegation: tokenExchange(),
    acceptedWarnings: ["local-storage", "script-readable-cookie", "token-in-fragment"],
    now,
  }
}
