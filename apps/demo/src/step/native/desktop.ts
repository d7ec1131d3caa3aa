import { type Client, createClient, type ClientOptions, loopback, type User } from "@bearerkit/node"
import { Person } from "@bearerkit/services"
import { ada, audiences, clients } from "../../world/people.ts"
import type { World } from "../../world/world.ts"

/** What the desktop application asks for. */
export const target = { audience: audiences.orders, scope: "openid orders:read" }

/** An application on Ada's own machine, and Ada, who has signed in with the browser that it opened. */
export interface Desktop extends AsyncDisposable {
  readonly app: Client
  readonly user: User
}

export const desktop = async (
  world: World,
  signal: AbortSignal,
  options: Partial<ClientOptions> = {},
): Promise<Desktop> => {
  await using started = new AsyncDisposableStack()
  const person = new Person({ username: ada.username, password: world.secrets.adaPassword })
  const gaveUp = new AbortController()
  const open = (url: string): boolean => {
    person.visit(url).then(
      (arrival) => fetch(String(arrival)),
      (error: unknown) => gaveUp.abort(error),
    )
    return true
  }
  const app = started.use(
    createClient({
      issuer: world.issuer.url,
      clientId: clients.desktop,
      flow: loopback({ open }),
      target,
      apis: { [world.api.url]: target },
      now: world.now,
      ...options,
    }),
  )
  const { user } = await app.login({ signal: AbortSignal.any([signal, gaveUp.signal]) })
  const running = started.move()
  return { app, user, [Symbol.asyncDispose]: () => running.disposeAsync() }
}
