import type { Claims } from "@bearerkit/core"
import { type BrowserClient, makeClient } from "../client.ts"
import type { BrowserClientOptions, LoginOptions } from "../options.ts"
import { memory } from "../storage/memory.ts"
import { makeFakeIssuer } from "./fake-issuer.ts"
import { fakePage } from "./fake-page.ts"

/** Options of `makeTestClient`. By default nobody is signed in, and there are no APIs. */
export interface TestClientOptions extends Partial<
  Omit<BrowserClientOptions, "fetch" | "issuer" | "metadata" | "now">
> {
  /** The claims in the ID token of the signed-in person. @default nobody is signed in */
  readonly claims?: Claims | undefined
  /** The error that the issuer answers the login with, such as `access_denied`. @default none */
  readonly refusal?: string | undefined
  /** Options of the login from which the person comes back to this page. */
  readonly arrival?: Pick<LoginOptions, "resume" | "returnTo"> | undefined
  /** The scopes that the issuer grants, separated by spaces. @default those requested */
  readonly granted?: string | undefined
  /** The lifetime of access tokens in milliseconds. @default 3600000 */
  readonly lifetime?: number | undefined
  /** The time at the start in epoch milliseconds; only `advance` moves it. @default Date.now() */
  readonly now?: number | undefined
  /** Answers the requests to APIs. @default 404 */
  readonly api?: ((request: Request) => Promise<Response> | Response) | undefined
}

/** A real client with a page, an issuer and a clock of the test; it uses no network and no globals. */
export interface TestClient {
  readonly client: BrowserClient
  /** Moves the clock by milliseconds and wakes the page; resolves when what follows is done, such as a renewal. */
  readonly advance: (millis: number) => Promise<void>
  /** Disconnects the page from the network. */
  readonly goOffline: () => void
  /** Connects it again; resolves as `advance` does. */
  readonly goOnline: () => Promise<void>
  /** The URLs of the issuer that the page was sent to, to sign in or out. */
  readonly left: ReadonlyArray<string>
  /** The URL that the page shows. */
  readonly url: () => URL
}

/** Makes a client for the tests of an application; a person is signed in if there are `claims`. */
export const makeTestClient = async (options: TestClientOptions = {}): Promise<TestClient> => {
  const { claims, refusal, arrival, granted, lifetime = 3_600_000, now: start = Date.now(), ...others } = options
  const { api = notFound, ...rest } = others
  let time = start
  const now = (): number => time
  const clientId = rest.clientId ?? "test"
  const issuer = await makeFakeIssuer({ clientId, claims: claims ?? {}, granted, lifetime, now })
  const redirectUri = rest.redirectUri ?? "https://app.test/callback"
  let page = fakePage(new URL("/", redirectUri).href)

  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (!page.online) throw new TypeError("the page is offline")
    const request = new Request(input, init)
    return (await issuer.answer(request)) ?? api(request)
  }
  const make = (): BrowserClient => {
    const { issuer: name } = issuer.metadata
    const settings = { storage: memory(), ...rest, clientId, redirectUri, fetch, now }
    return makeClient({ ...settings, issuer: name, metadata: issuer.metadata }, () => page)
  }
  if (claims !== undefined || refusal !== undefined) {
    await using before = make()
    await before.login(arrival)
    page = fakePage(issuer.answerTo(page.left[0] ?? "", refusal), page.storage)
  }
  const tell = async (change: "lost" | "woken"): Promise<void> => {
    await Promise.all([...page.listeners].map((listener) => listener(change)))
  }

  return {
    client: make(),
    advance: (millis) => {
      time += millis
      return tell("woken")
    },
    goOffline: () => {
      page.online = false
      void tell("lost")
    },
    goOnline: () => {
      page.online = true
      return tell("woken")
    },
    left: page.left,
    url: page.url,
  }
}

const notFound = (): Response => new Response(null, { status: 404 })
