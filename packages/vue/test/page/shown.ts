import { createApp, h } from "vue"
import { authDevtools } from "../../src/devtools/index.ts"
import { createAuth } from "../../src/index.ts"

const devtools = authDevtools()
const redirectUri = `${location.origin}/callback`
const auth = createAuth({ issuer: "https://issuer.test", clientId: "app", redirectUri, devtools })
createApp({ render: () => h("p", auth.state.value.status) })
  .use(auth)
  .mount(document.body)
