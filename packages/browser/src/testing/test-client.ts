import type { Claims } from "@bearerkit/core"
import { type BrowserClient, makeClient } from "../client.ts"
import type { BrowserClientOptions, LoginOptions } from "../options.ts"
import { memory } from "../storage/memory.ts"
import { makeFakeIssuer } from "./fake-issuer.ts"
import { fakePage } from "./fake-page.ts"

/** What a test says of the world; everything that it does not say is as in an application without APIs. */
export interface TestClientOptions extends Partial<
  Omit<BrowserClientOptions, "fetch" | "issuer" | "metadata" | "now">
> {
  /** Who is signed in, as the ID token has it. @default nobody is */
  readonly claims?: Claims | undefined
  /** What the issuer answered the person with instead, such as `access_denied`. */
  readonly refusal?: string | undefined
  /** What the login of this page was given: where the person wanted to go, and what waits for them. */
  readonly arrival?: Pick<LoginOptions, "resume" | "returnTo"> | undefined
  /** The scopes that the issuer grants, separated by spaces. @default those that are asked for */
  readonly granted?: string | undefined
  /** Milliseconds that an access token lives. @default an hour */
  readonly lifetime?: number | undefined
  /** Epoch milliseconds at which the clock stands. @default now */
  readonly now?: number | undefined
  /** Answers what `fetch` sends to the APIs. @default 404 */
  readonly api?: ((request: Request) => Promise<Response> | Response) | undefined
}

/** A real client over a page, an issuer and a clock that the test owns; it touches no network and no global. */
export interface TestClient {
  readonly client: BrowserClient
  /** Lets time go by, and wakes the page; to be awaited until what comes of it is done, such as a renewal. */
  readonly advance: (millis: number) => Promise<void>
  readonly goOffline: () => void
  /** To be awaited like `advance`. */
  readonly goOnline: () => Promise<void>
  /** Where the page was sent: to the issuer, to sign in or out. */
  readonly left: ReadonlyArray<string>
  /** The address that the page shows. */
  readonly url: () => URL
}

/** Makes a client for the tests of an application: its own clock, no network, and somebody signed in if the test says so. */
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
