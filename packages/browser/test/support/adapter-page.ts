import type { AdapterWorld } from "../../../core/test/laws/adapter.ts"
import { makeClient } from "../../src/client.ts"
import type { BrowserClient, BrowserClientOptions } from "../../src/index.ts"
import { fakePage } from "../../src/testing/fake-page.ts"

export interface AdapterPage {
  readonly client: BrowserClient
  readonly options: BrowserClientOptions
  readonly origin: string
}

/** The page that somebody comes back to from the issuer's real login; what the laws ask for is still to be renewed. */
export const adapterPage = async ({ issuer, fetch, apis, target, page }: AdapterWorld): Promise<AdapterPage> => {
  const { clientId, redirectUri, loginScope, signIn } = page
  const own = { ...target, scope: loginScope }
  const options: BrowserClientOptions = { issuer, clientId, redirectUri, target: own, fetch, apis }
  const before = fakePage(new URL("/", redirectUri).href)
  await using leaving = makeClient(options, () => before)
  await leaving.login()
  const after = fakePage(await signIn(before.left[0] ?? ""), before.storage)
  const client = makeClient(options, () => after)
  await client.ready()
  return { client, options, origin: after.url().origin }
}
