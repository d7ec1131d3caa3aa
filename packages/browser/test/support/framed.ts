import type { BrowserContext, Page } from "@bearerkit/services"
import type { PageConfig } from "../page/kit.ts"
import { openTab, orders, signIn, type World } from "./world.ts"

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

/** A new person who has signed in without a refresh token; gone when the test is over. */
export const withPerson = async (
  world: World,
  config: Partial<PageConfig>,
  use: (page: Page, person: BrowserContext) => Promise<void>,
): Promise<void> => {
  const person = await world.person({ ...framed(world), ...config })
  const page = await openTab(person, `${world.origin}/orders`)
  await signIn(page)
  await use(page, person)
  await person.close()
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
