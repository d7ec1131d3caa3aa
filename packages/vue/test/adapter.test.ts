import { proxyRefs } from "vue"
import { adapterPage } from "../../browser/test/support/adapter-page.ts"
import { adapterLaws } from "../../core/test/laws/adapter.ts"
import { makeAuth } from "../src/create-auth.ts"
import { useApi, useAuth } from "../src/index.ts"
import { mounted } from "./support/mounted.ts"

/** An application in which somebody has signed in, as its components use it. */
adapterLaws("@bearerkit/vue", async (world) => {
  const { client, options, origin } = await adapterPage(world)
  const auth = makeAuth(client, options)
  const { app, used } = mounted([auth], () => ({ ...useAuth(), ...useApi() }))
  return {
    token: (choice) => used.token(world.target, choice),
    fetch: used.fetch,
    close: async () => {
      app.unmount()
      await auth.close()
    },
    printable: { auth: proxyRefs(auth), used: proxyRefs(used) },
    origin,
  }
})
