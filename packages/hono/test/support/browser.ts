import type { Hono } from "hono"
import { type Arrival, Person } from "../../../core/test/support/person.ts"

export const site = "https://app.example"

/** What a browser says of its own about a request to an address that the person has entered. */
const navigation = { accept: "text/html", "sec-fetch-mode": "navigate", "sec-fetch-site": "none" }
const ownPage = { origin: site, "sec-fetch-site": "same-origin" }

/** A browser at the application: its cookies, and what browsers say of their requests. Somebody sits before it. */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #app: { readonly request: Hono["request"] }
  readonly #person: Person

  constructor(app: { readonly request: Hono["request"] }, person: Person) {
    this.#app = app
    this.#person = person
  }

  /** Asks for one address, and follows nothing. */
  async get(path: string, headers: Record<string, string> = navigation): Promise<Response> {
    return this.#send(path, { headers })
  }

  /** As a form of the application's own page does. */
  async post(path: string, headers: Record<string, string> = ownPage): Promise<Response> {
    return this.#send(path, { method: "POST", headers })
  }

  /** Goes to the login and comes back with the issuer's answer, which the application has not seen yet. */
  async arrive(path = "/login"): Promise<string> {
    const sent = await this.get(path)
    const arrival: Arrival = await this.#person.visit(locationOf(sent))
    return String(arrival).replace(site, "")
  }

  async signIn(path = "/login"): Promise<Response> {
    return this.get(await this.arrive(path))
  }

  /** Signs out at the issuer, where the application has sent the person. */
  async confirmLogout(location: string): Promise<void> {
    await this.#person.visit(location)
  }

  /** Another browser with the same cookies. */
  copy(): Browser {
    return this.copyAt(this.#app)
  }

  /** The same, whose requests another process answers. */
  copyAt(app: { readonly request: Hono["request"] }): Browser {
    const other = new Browser(app, this.#person)
    for (const [name, value] of this.cookies) other.cookies.set(name, value)
    return other
  }

  /** A cookie's value by the beginning of its name. */
  named(prefix: string): ReadonlyArray<string> {
    return [...this.cookies.keys()].filter((name) => name.startsWith(prefix))
  }

  async #send(path: string, init: { method?: string; headers: Record<string, string> }): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ")
    const headers = { ...init.headers, ...(cookie !== "" && { cookie }) }
    const response = await this.#app.request(`${site}${path}`, { ...init, headers })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  #keep(line: string): void {
    const [pair = "", ...attributes] = line.split("; ")
    const at = pair.indexOf("=")
    const name = pair.slice(0, at)
    if (attributes.includes("Max-Age=0")) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(at + 1))
  }
}

export const locationOf = (response: Response): string => response.headers.get("location") ?? ""
