import { createSSRApp } from "vue"
import { createTestAuth } from "../../src/testing.ts"
import { Application } from "./application.ts"

declare global {
  interface Window {
    /** Whether the page waits for the login before it hydrates. */
    waits?: boolean
    hydrated?: Readonly<Record<"first" | "settled", string>>
    unmount: () => void
  }
}

const { auth } = await createTestAuth({ claims: { sub: "ada", name: "Ada" } })
if (window.waits === true) await auth.ready
const app = createSSRApp(Application).use(auth)
const container = document.querySelector("#app") ?? document.body
app.mount(container)
window.unmount = () => app.unmount()
const first = container.textContent
await auth.ready
// two turns: one for the components that were mounted, one for what they bring
for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setTimeout(resolve))
window.hydrated = { first, settled: container.textContent }
