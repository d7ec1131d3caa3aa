import { makeClient } from "../../src/client.ts"
import type { BrowserClient, BrowserClientOptions, LoginOptions } from "../../src/index.ts"
import { makeFakeIssuer } from "../../src/testing/fake-issuer.ts"
import { type FakePage, fakePage } from "../../src/testing/fake-page.ts"

export const redirectUri = "https://app.test/callback"

export interface FakeWorldOptions extends Partial<Omit<BrowserClientOptions, "fetch" | "issuer" | "metadata">> {
  /** The clock of the issuer, in epoch milliseconds. @default that of the page */
  readonly issuerNow?: () => number
  /** Whether the issuer gives refresh tokens. @default true */
  readonly renewable?: boolean
}

/** An issuer and APIs without a network, and as many pages and clients as a test needs. */
export interface FakeWorld {
  /** Who signs in. */
  readonly claims: Record<string, string>
  /** Answers in the place of the issuer, or as an API; nothing: 404. */
  answer: (request: Request) => Promise<Response | undefined> | Response | undefined
  readonly make: (page: FakePage, options?: Partial<BrowserClientOptions>) => BrowserClient
  /** The page that the person comes back to from where this one has sent them last. */
  readonly back: (page: FakePage) => FakePage
  /** A page whose person has just come back from a login. */
  readonly arrived: (login?: LoginOptions) => Promise<{ readonly client: BrowserClient; readonly page: FakePage }>
}

export const makeFakeWorld = async (options: FakeWorldOptions = {}): Promise<FakeWorld> => {
  const { issuerNow = options.now ?? Date.now, renewable = true, ...settings } = options
  const claims: Record<string, string> = { sub: "ada" }
  const issuer = await makeFakeIssuer({ clientId: "app", claims, lifetime: 3_600_000, now: issuerNow })
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const answer = (await world.answer(request.clone())) ?? (await issuer.answer(request))
    return renewable || answer === undefined || !request.url.endsWith("/token")
      ? (answer ?? new Response(null, { status: 404 }))
      : withoutRefreshToken(answer)
  }
  const base = { issuer: issuer.metadata.issuer, metadata: issuer.metadata, clientId: "app", redirectUri, fetch }
  const make: FakeWorld["make"] = (page, extra) => makeClient({ ...base, ...settings, ...extra }, () => page)
  const back: FakeWorld["back"] = ({ left, storage }) =>
    fakePage(issuer.answerTo(left.at(-1) ?? "", undefined), storage)
  const world: FakeWorld = {
    claims,
    answer: () => undefined,
    make,
    back,
    arrived: async (login) => {
      const before = fakePage("https://app.test/deep?x=1")
      await using leaving = make(before)
      await leaving.login(login)
      const page = back(before)
      const client = make(page)
      await client.ready()
      return { client, page }
    },
  }
  return world
}

const withoutRefreshToken = async (answer: Response): Promise<Response> => {
  const { refresh_token: _, ...rest } = (await answer.json()) as Readonly<Record<string, unknown>>
  return Response.json(rest, { status: answer.status })
}
