import { Auth0Client } from "@auth0/auth0-spa-js"
import { createAuth, useAuth, webSessionStorage } from "@bearerkit/vue"
import { createApp, defineComponent, h } from "vue"
import { type Contestant, measure } from "../measure.ts"
import type { PageWindow } from "./window.ts"

const page = window as unknown as PageWindow
const { issuer, clientId, audience } = page.config
const { origin, pathname } = location
const scope = "openid profile read"

// each keeps its tokens at hand in memory; ours has to survive the other's redirect
const auth = createAuth({
  issuer,
  clientId,
  redirectUri: `${origin}/ours`,
  storage: webSessionStorage(),
  target: { audience, scope },
})
const client = new Auth0Client({
  domain: issuer,
  clientId,
  authorizationParams: { redirect_uri: `${origin}/peer`, audience, scope },
})
// it knows https issuers only
Object.assign(client, { tokenIssuer: issuer })

const root = defineComponent(() => {
  const { status } = useAuth()
  return () => h("main", status.value)
})
createApp(root).use(auth).mount("#app")
await auth.ready
if (pathname === "/peer") await client.handleRedirectCallback()

page.signIn = {
  ours: () => auth.login({ returnTo: "/" }),
  peer: () => client.loginWithRedirect(),
}

const contestant = (name: string, get: () => Promise<string | undefined>): Contestant => ({
  name,
  run: async (count) => {
    for (let done = 0; done < count; done++) if (!(await get())?.includes(".")) throw new Error(`${name} gave no token`)
  },
})

page.bench = (options) =>
  measure(
    [contestant("ours", () => auth.token()), contestant("auth0-spa-js", () => client.getTokenSilently())],
    options,
  )
