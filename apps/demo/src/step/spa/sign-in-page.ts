import type { Page } from "@bearerkit/services"
import { ada, clients } from "../../world/people.ts"
import type { World } from "../../world/world.ts"
import { expect } from "../expect.ts"

/** How Ada wants to sign in, as the application's first page offers it. */
export interface Choice {
  readonly flow?: "code" | "hash"
  readonly storage?: "localStorage" | "memory" | "sessionStorage"
}

/** Signs Ada in from the application's first page; she ends at her account. */
export const signIn = async (world: World, page: Page, { flow, storage }: Choice = {}): Promise<void> => {
  if (flow !== undefined) await page.getByLabel("How you come back").selectOption(flow)
  if (storage !== undefined) await page.getByLabel("Where tokens are kept").selectOption(storage)
  await page.getByRole("button", { name: "Sign in" }).click()
  await answerIssuer(world, page)
  await untilStatus(page, "signed-in")
}

/** Does what the issuer's pages ask, until the application is back or says what is wrong. */
export const answerIssuer = async ({ secrets, spa }: World, page: Page): Promise<void> => {
  const password = page.getByLabel("Password")
  const allow = page.getByRole("button", { name: "Allow" })
  const alert = page.getByRole("alert")
  let asked = false
  for (let turn = 0; turn < turns; turn++) {
    const own = page.locator(`[data-status]:not([data-status=loading], [data-status=signed-out])`)
    await password.or(allow).or(own).or(alert).first().waitFor()
    if (page.url().startsWith(spa.url)) {
      expect((await alert.count()) === 0, `the application says: ${(await alert.allTextContents()).join(" ")}`)
      return
    }
    const isAsking = (await password.count()) > 0
    expect(!isAsking || !asked, "the issuer does not take Ada's password")
    const next = page.waitForEvent("domcontentloaded")
    if (isAsking) {
      asked = true
      await page.getByLabel("User name").fill(ada.username)
      await password.fill(secrets.adaPassword)
      await page.getByRole("button", { name: "Log in" }).click()
    } else await allow.click()
    await next
  }
  throw new Error("the issuer's pages lead nowhere")
}

const turns = 6

export const untilStatus = (page: Page, status: string): Promise<void> =>
  page.locator(`[data-status=${status}]`).waitFor()

/** What the issuer issued last to the application. */
export const lastIssued = ({ issuer }: World, client: string = clients.spa): string | undefined =>
  issuer.audit.findLast((entry) => entry.client === client)?.jti

/** What the application shows of an answer. */
export const answerOf = async (page: Page, title: string): Promise<Readonly<Record<string, unknown>>> => {
  const answer = page.getByRole("region", { name: "Answer" })
  await answer.getByRole("heading").filter({ hasText: title }).waitFor()
  const heading = await answer.getByRole("heading").textContent()
  const body = (await answer.locator("pre").textContent()) ?? ""
  expect(heading === `${title}: 200`, `the application shows: ${heading} ${body.slice(0, 200)}`)
  return JSON.parse(body) as Readonly<Record<string, unknown>>
}
