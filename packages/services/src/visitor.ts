import { CookieJar } from "./cookie-jar.ts"
import type { Person } from "./person.ts"

/** A web application, wherever it answers: in this process or in another. */
export interface Application {
  readonly request: (url: string, init: RequestInit) => Promise<Response> | Response
}

export interface VisitorOptions {
  /** The application's own origin, as browsers know it. */
  readonly site: string
  readonly person: Person
}

/** A browser at an application: its cookies, and what browsers say of their requests. A person sits before it. */
export class Visitor {
  readonly cookies = new CookieJar()
  readonly person: Person
  readonly #app: Application
  readonly #site: string

  constructor(app: Application, { site, person }: VisitorOptions) {
    this.person = person
    this.#app = app
    this.#site = site
  }

  /** Asks for one address, and follows nothing. */
  async get(path: string, headers: Record<string, string> = navigation): Promise<Response> {
    return this.#send(path, { headers })
  }

  /** As a form of the application's own page does. */
  async post(path: string, headers: Record<string, string> = this.#ownPage): Promise<Response> {
    return this.#send(path, { method: "POST", headers })
  }

  /** Goes to the login and comes back with the issuer's answer, which the application has not seen yet. */
  async arrive(path = "/login"): Promise<string> {
    const sent = await this.get(path)
    const address = locationOf(sent)
    if (address === "") throw new Error(`the application answered ${path} with ${sent.status}: nobody can sign in`)
    return String(await this.person.visit(address)).replace(this.#site, "")
  }

  async signIn(path = "/login"): Promise<Response> {
    return this.get(await this.arrive(path))
  }

  /** Signs out at the issuer, where the application has sent the person. */
  async confirmLogout(location: string): Promise<void> {
    await this.person.visit(location)
  }

  /** Another browser with the same cookies. */
  copy(): Visitor {
    return this.copyAt(this.#app)
  }

  /** The same, whose requests another process answers. */
  copyAt(app: Application): Visitor {
    const other = new Visitor(app, { site: this.#site, person: this.person })
    for (const [name, value] of this.cookies) other.cookies.set(name, value)
    return other
  }

  /** The cookies' names that begin so. */
  named(prefix: string): ReadonlyArray<string> {
    return [...this.cookies.keys()].filter((name) => name.startsWith(prefix))
  }

  get #ownPage(): Record<string, string> {
    return { accept: "text/html", origin: this.#site, "sec-fetch-site": "same-origin" }
  }

  async #send(path: string, init: RequestInit & { headers: Record<string, string> }): Promise<Response> {
    const cookie = this.cookies.header
    const headers = { ...init.headers, ...(cookie !== "" && { cookie }) }
    const response = await this.#app.request(`${this.#site}${path}`, { ...init, headers })
    this.cookies.keep(response)
    return response
  }
}

/** What a browser says of its own about a request to an address that the person has entered. */
const navigation = { accept: "text/html", "sec-fetch-mode": "navigate", "sec-fetch-site": "none" }

export const locationOf = (response: Response): string => response.headers.get("location") ?? ""
