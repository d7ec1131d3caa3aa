import { type BrowserClient, type Claims, createBrowserClient, steppingUp } from "@bearerkit/browser"
import { type Plugin, shallowReadonly, shallowRef } from "vue"
import type { Auth, AuthOptions, Refused } from "./auth.ts"
import { authKey } from "./injection.ts"

/**
 * Makes the login of an application, for `app.use`. Invalid options throw a `BearerError` here. Neither window nor
 * storage is touched before it is installed, and never on a server. It is closed when the application is unmounted.
 */
export const createAuth = <C = Claims>(options: AuthOptions<C>): Auth<C> & Plugin =>
  makeAuth(createBrowserClient({ ...options, observer: options.devtools?.observer ?? options.observer }), options)

/** The same over any client. */
export const makeAuth = <C>(client: BrowserClient, options: Auth<C>["options"]): Auth<C> & Plugin => {
  const state = shallowRef(client.state())
  client.subscribe((next) => {
    state.value = next
  })
  const auth: Auth<C> = {
    ...client,
    ...steppingUp(client),
    get ready() {
      return client.ready()
    },
    state: shallowReadonly(state),
    refused: shallowRef<Refused>(),
    options,
    install: (app) => {
      app.provide(authKey, auth)
      app.onUnmount(() => void client.close())
      options.devtools?.install(app, auth)
      void client.ready()
    },
  }
  return auth
}
