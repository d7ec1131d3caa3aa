import { fingerprint } from "./fingerprint.ts"
import { type Answer, ask, type Question } from "./http.ts"
import { pick, type Random } from "./random.ts"

/** Somebody who is signed in: what their browser has, and what the issuer's log knows them by. */
export interface SignedIn {
  readonly cookie: string
  /** The fingerprint of the authorization code. */
  readonly code: string
}

export interface SignInOptions {
  readonly username: string
  readonly password: string
  readonly issuerPort: number
  /** Of the applications. */
  readonly ports: () => ReadonlyArray<number>
  readonly random: Random
}

/**
 * Signs a person in at the application several times, as in so many tabs: all begin before the first agrees, so that the
 * issuer takes each for an agreement of its own, and ending one ends no other.
 */
export const signIn = async (options: SignInOptions, tabs: number): Promise<ReadonlyArray<SignedIn>> => {
  const browser = new Cookies()
  const opened: Array<Tab> = []
  for (let n = 0; n < tabs; n++) opened.push(await openTab(options, browser))
  const sessions: Array<SignedIn> = []
  for (const tab of opened) sessions.push(await agree(options, browser, tab))
  return sessions
}

interface Tab {
  readonly application: Cookies
  /** What the issuer keeps for this login alone. */
  readonly login: Cookies
  /** The page that asks for the agreement. */
  readonly page: string
}

const openTab = async (options: SignInOptions, browser: Cookies): Promise<Tab> => {
  const application = new Cookies()
  const login = new Cookies()
  const sent = application.keep(await ask(pick(options.random, options.ports()), "/login"))
  const visit = visitIssuer(options.issuerPort, browser, login)
  const page = locationOf(await visit(pathOf(locationOf(sent))))
  if (browser.has("_session")) return { application, login, page }
  const { username, password } = options
  const form = new URLSearchParams({ username, password, connection: "users" }).toString()
  const answer = await visit(`${page}/login`, { method: "POST", headers: formHeaders, body: form })
  return { application, login, page: locationOf(await visit(pathOf(locationOf(answer)))) }
}

const agree = async (options: SignInOptions, browser: Cookies, tab: Tab): Promise<SignedIn> => {
  const { application, login, page } = tab
  const visit = visitIssuer(options.issuerPort, browser, login)
  const agreed = await visit(`${page}/consent`, { method: "POST" })
  const callback = pathOf(locationOf(await visit(pathOf(locationOf(agreed)))))
  const headers = { cookie: application.header() }
  application.keep(await ask(pick(options.random, options.ports()), callback, { headers }))
  const cookie = application.named("__Host-session")
  const code = new URLSearchParams(callback.split("?")[1]).get("code") ?? ""
  if (cookie === undefined) throw new Error("a login did not come to an end")
  return { cookie, code: fingerprint(code) }
}

const visitIssuer =
  (port: number, browser: Cookies, login: Cookies) =>
  async (path: string, question: Question = {}): Promise<Answer> => {
    const cookie = [browser.header(), login.header()].filter(Boolean).join("; ")
    const answer = await ask(port, path, { ...question, headers: { ...question.headers, cookie } })
    browser.keep(answer, (name) => !name.startsWith("_interaction"))
    return login.keep(answer, (name) => name.startsWith("_interaction"))
  }

const formHeaders = { "content-type": "application/x-www-form-urlencoded" }

const locationOf = ({ headers, status, body }: Answer): string => {
  if (headers.location === undefined) throw new Error(`${status} leads nowhere: ${body.slice(0, 200)}`)
  return headers.location
}

const pathOf = (location: string): string => {
  const { pathname, search } = new URL(location, "http://localhost")
  return pathname + search
}

class Cookies {
  readonly #values = new Map<string, string>()

  keep(answer: Answer, wanted: (name: string) => boolean = () => true): Answer {
    for (const line of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (!wanted(name)) continue
      if (value === "" || /max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) this.#values.delete(name)
      else this.#values.set(name, value)
    }
    return answer
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  named(name: string): string | undefined {
    const value = this.#values.get(name)
    return value === undefined ? undefined : `${name}=${value}`
  }

  header(): string {
    return [...this.#values].map(([name, value]) => `${name}=${value}`).join("; ")
  }
}
