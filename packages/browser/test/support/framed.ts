import type { BrowserContext, Page } from "@bearerkit/services"
import type { PageConfig } from "../page/kit.ts"
import { afterAll, beforeAll } from "vitest"
import { makeWorld, openTab, orders, signIn, type World } from "./world.ts"

export const hour = 3_600_000
export const scope = "openid read"

/** What a page is told that has no refresh token, and renews in a frame. */
export const framed = ({ issuer, origin }: World) => ({
  storage: "sessionStorage" as const,
  options: {
    issuer: issuer.url,
    clientId: "spa",
    redirectUri: `${origin}/callback`,
    target: { resource: orders, scope },
  },
  iframe: { redirectUri: `${origin}/silent` },
})

export interface FramedWorld {
  /** There as soon as the tests of the file begin. */
  readonly world: World
  /** A new person who has signed in without a refresh token; gone when the test is over. */
  readonly signedIn: (
    config: Partial<PageConfig>,
    use: (page: Page, person: BrowserContext) => Promise<void>,
  ) => Promise<void>
  /** How many codes were traded at the issuer so far. */
  readonly codes: () => number
}

/** The world of a suite, for as long as that runs. */
export const framedWorld = (): FramedWorld => {
  let world: World
  beforeAll(async () => {
    world = await makeWorld()
  }, 30_000)
  afterAll(() => world[Symbol.asyncDispose]())
  return {
    get world() {
      return world
    },
    signedIn: async (config, use) => {
      const person = await world.person({ ...framed(world), ...config })
      const page = await openTab(person, `${world.origin}/orders`)
      await signIn(page)
      await use(page, person)
      await person.close()
    },
    codes: () => world.issuer.countGrants("authorization_code"),
  }
}

/** The addresses that are asked for from now on. */
export const addressesOf = (page: Page): Array<string> => {
  const urls: Array<string> = []
  page.on("request", (request) => urls.push(request.url()))
  return urls
}

/** Those of the frames, at the issuer. */
export const framesIn = (urls: ReadonlyArray<string>): ReadonlyArray<string> =>
  urls.filter((url) => url.includes("prompt=none"))
