import type { Issuer } from "@bearerkit/issuer"
import type { FirstApiOrder } from "./first-api-process.ts"
import type { Answering } from "./fleet-process.ts"
import { audiences, clients } from "./people.ts"
import { startProcess } from "./process.ts"
import type { Secrets } from "./secrets.ts"

/** The orders API as a process of its own, with its own credentials: it asks the billing API for its callers. */
export interface FirstApi extends AsyncDisposable {
  readonly url: string
}

export interface FirstApiUse {
  readonly issuer: Pick<Issuer, "url">
  /** The billing API. */
  readonly api: { readonly url: string }
  readonly secrets: Secrets
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Starts the process. It is told its own secret and no other. */
export const startFirstApi = async ({ issuer, api, secrets, now }: FirstApiUse): Promise<FirstApi> => {
  await using started = new AsyncDisposableStack()
  const child = started.use(startProcess<FirstApiOrder, Answering>(program))
  const { url } = await child.ask({
    options: {
      issuer: issuer.url,
      audience: audiences.orders,
      clientId: clients.ordersApi,
      clientSecret: secrets.ordersApi,
      next: { url: api.url, target: { audience: audiences.billing, scope: "billing:read" } },
    },
    ahead: now() - Date.now(),
  })
  const all = started.move()
  return { url, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

const program = new URL("./first-api-process.ts", import.meta.url)
