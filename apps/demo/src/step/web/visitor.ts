import { type Application, Person, Visitor } from "@bearerkit/services"
import { grace } from "../../world/people.ts"
import type { World } from "../../world/world.ts"
import { expect } from "../expect.ts"

/** Ada, with a browser of her own at the web app. */
export const visitorOf = ({ web, secrets }: World, app: Application = { request: fetchOnce }): Visitor => {
  const person = new Person({ username: grace.username, password: secrets.adaPassword })
  return new Visitor(app, { site: web.url, person })
}

/** Redirects are the browser's business. */
const fetchOnce: Application["request"] = (url, init) => fetch(url, { ...init, redirect: "manual" })

/** Ada signs in at the issuer's page and is back at the web app. */
export const signIn = async (visitor: Visitor): Promise<void> => complete(visitor, await visitor.arrive())

/** The second half of it, with what the issuer has answered. */
export const complete = async (visitor: Visitor, arrival: string): Promise<void> => {
  const back = await visitor.get(arrival)
  expect(back.status === 303, `the web app answered the sign-in with ${back.status} (${await codeOn(back)})`)
}

/** Why a page of the web app says that something did not happen. */
const codeOn = async (response: Response): Promise<string> => /<code>\d+ (\w+)/.exec(await response.text())?.[1] ?? "-"

/** Whether a page knows who is there. */
export const knowsAda = async (visitor: Visitor): Promise<boolean> => (await textAt(visitor, "/")).includes(grace.name)

/** A page of the web app. */
export const textAt = async (visitor: Visitor, path: string): Promise<string> => {
  const response = await visitor.get(path)
  expect(
    response.status === 200,
    `the web app answered ${path} with ${response.status} (${await codeOn(response.clone())})`,
  )
  return response.text()
}

/** The values that a page shows of a claim, one for each token on it. */
export const shownOn = (page: string, claim: string): ReadonlyArray<string> =>
  [...page.matchAll(new RegExp(`data-claim="${claim}">([^<]*)<`, "g"))].map(([, value = ""]) => value)
