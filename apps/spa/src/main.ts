import "./blocked-storage.ts"
import { createBrowserClient } from "@bearerkit/browser"
import { createAuth } from "@bearerkit/vue"
import { authDevtools } from "@bearerkit/vue/devtools"
import { createApp, shallowRef } from "vue"
import { App } from "./app.tsx"
import { makeClock } from "./clock.ts"
import { type Context, contextKey } from "./context.ts"
import { optionsOf } from "./client-options.ts"
import { makeRouter } from "./router.ts"
import { type Choice, loadChoice, saveChoice, type World } from "./settings.ts"

const world = (await (await fetch("/config.json")).json()) as World
const choice = loadChoice()
const clock = makeClock(world.ahead)
const auth = createAuth({
  ...optionsOf(world, choice, clock.now),
  devtools: import.meta.env.DEV ? authDevtools() : undefined,
})
const signIn = async (chosen: Choice): Promise<void> => {
  saveChoice(chosen)
  // as the page will have it that the person comes back to
  await using client = createBrowserClient(optionsOf(world, chosen, clock.now))
  await client.login({ returnTo: "/account" })
}
const problem = shallowRef<unknown>()
/** What goes wrong is shown on whichever page is there. */
const saying = (work: Promise<void>): void => {
  problem.value = undefined
  work.catch((thrown: unknown) => (problem.value = thrown))
}
const context: Context = {
  auth,
  clock,
  world,
  choice,
  problem,
  signIn: (chosen) => saying(signIn(chosen)),
  signOut: (options) => saying(auth.logout(options)),
}

createApp(App).provide(contextKey, context).use(auth).use(makeRouter(auth)).mount("#app")
