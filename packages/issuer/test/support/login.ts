import { createHash, randomBytes } from "node:crypto"

import { type Issuer } from "../../src/index.ts"
import { Browser, type Page } from "./browser.ts"
import { type Form, PASSWORD } from "./issuer.ts"

export const CALLBACK = "http://127.0.0.1:5555/callback"
export const alice = { connection: "users", username: "alice", password: PASSWORD }
export const verifier = randomBytes(32).toString("base64url")

/** An authorization request of the client `spa` that is right. */
export const codeRequest = {
  client_id: "spa",
  response_type: "code",
  redirect_uri: CALLBACK,
  scope: "openid",
  state: "state-1",
  nonce: "nonce-1",
  code_challenge_method: "S256",
  code_challenge: createHash("sha256").update(verifier).digest("base64url"),
}

export const authorize = (issuer: Issuer, browser: Browser, form: Form): Promise<Page> =>
  browser.open(issuer.url, `/authorize?${new URLSearchParams(form)}`)

/** Logs Alice in and agrees, wherever a page asks for it. */
export const passPages = async (browser: Browser, first: Page): Promise<Page> => {
  let page = first
  for (let pages = 0; pages < 3 && page.status !== 0; pages++) {
    if (page.text.includes('type="password"')) page = await browser.submit(page, alice)
    else if (page.text.includes("Allow access")) page = await browser.submit(page)
    else return page
  }
  return page
}

/** A whole authorization, in a new browser unless one is given. */
export const authorizeAlice = async (issuer: Issuer, form: Form, browser = new Browser()): Promise<Page> =>
  passPages(browser, await authorize(issuer, browser, form))

/** The parameters of a response in the query or in the fragment. */
export const responseOf = ({ url }: Page): Record<string, string> =>
  Object.fromEntries(url.hash === "" ? url.searchParams : new URLSearchParams(url.hash.slice(1)))
