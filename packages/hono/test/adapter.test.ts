import { type Context, Hono } from "hono"
import { type AdapterWorld, adapterLaws } from "../../core/test/laws/adapter.ts"
import { bearerAuth, clientSecretBasic, delegation } from "../src/index.ts"

/** An API that acts for its caller: each question is a request of that caller, answered within the handler. */
adapterLaws("@bearerkit/hono", async (world) => {
  const { issuer, clientId, clientSecret, ownAudience, fetch, apis, target } = world
  const calls = delegation({ issuer, clientId, clientAuth: clientSecretBasic(clientSecret), fetch, apis })
  const app = new Hono().use(bearerAuth({ issuer, audience: ownAudience, fetch }))
  const headers = { authorization: `Bearer ${await callerToken(world)}` }

  const handled = <A>(work: (c: Context) => Promise<A>, init: RequestInit = {}): Promise<A> =>
    new Promise((resolve, reject) => {
      const route = `/${crypto.randomUUID()}`
      inner.set(route, (c) => work(c).then(resolve, reject))
      Promise.resolve(app.request(route, { ...init, headers })).catch(reject)
    })
  const inner = new Map<string, (c: Context) => Promise<void>>()
  app.get("/:id", async (c) => {
    await inner.get(c.req.path)?.(c)
    return c.text("done")
  })

  return {
    token: ({ signal } = {}) =>
      handled(async (c) => (await calls.onBehalfOf(c, target)).token, signal === undefined ? {} : { signal }),
    fetch: (url, init) => handled((c) => calls.fetchOnBehalfOf(c, url, init)),
    close: calls.close,
    printable: { calls, app },
  }
})

const callerToken = async ({ issuer, clientId, clientSecret, ownAudience }: AdapterWorld): Promise<string> => {
  const params = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret }
  const body = new URLSearchParams({ ...params, audience: ownAudience, scope: "read" })
  const response = await fetch(`${issuer}/token`, { method: "POST", body })
  return ((await response.json()) as { readonly access_token: string }).access_token
}
