export interface PersonAnswers {
  readonly username: string
  readonly password: string
  /** @default agree */
  readonly consent?: "agree" | "refuse"
}

/** What arrives at the application: an address, or the body of a form that was posted to it. */
export type Arrival = URLSearchParams | string

/**
 * Somebody with a browser: cookies, redirects, and the forms of the issuer's pages filled in. One person is one browser,
 * and stays logged in.
 */
export class Person {
  readonly #answers: PersonAnswers
  readonly #cookies = new Map<string, string>()

  constructor(answers: PersonAnswers) {
    this.#answers = answers
  }

  /** Goes where the application sends it and does what the pages ask, until it comes back to the application. */
  async visit(address: string): Promise<Arrival> {
    const { origin } = new URL(address)
    let url = new URL(address)
    let form: URLSearchParams | undefined
    for (let step = 0; step < 20; step++) {
      if (url.origin !== origin) return url.href
      const response = await this.#request(url, form)
      const location = response.headers.get("location")
      if (location !== null) {
        url = new URL(location, url)
        form = undefined
        continue
      }
      const page = await response.text()
      const next = this.#fill(page, response.status)
      const action = new URL(next.action, url)
      if (action.origin !== origin) return next.fields
      url = action
      form = next.fields
    }
    throw new Error("the pages lead nowhere")
  }

  async #request(url: URL, form: URLSearchParams | undefined): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ")
    const headers = { cookie, accept: "text/html" }
    const init = form === undefined ? {} : { method: "POST", body: form }
    const response = await fetch(url, { ...init, headers, redirect: "manual" })
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie)
    return response
  }

  #keep(cookie: string): void {
    const pair = cookie.split(";")[0] ?? ""
    const name = pair.slice(0, pair.indexOf("="))
    if (/expires=Thu, 01 Jan 1970/i.test(cookie)) this.#cookies.delete(name)
    else this.#cookies.set(name, pair.slice(name.length + 1))
  }

  #fill(page: string, status: number): { readonly action: string; readonly fields: URLSearchParams } {
    const form = /<form[^>]*\saction="([^"]*)"[^>]*>([\s\S]*?)<\/form>/i.exec(page)
    const [, action, content = ""] = form ?? []
    if (action === undefined || status >= 400) throw new Error(`${status}: ${page.replace(/<[^>]*>/g, " ").trim()}`)
    const fields = new URLSearchParams()
    for (const [input] of content.matchAll(/<input[^>]*>/gi)) {
      const name = attribute(input, "name")
      if (name !== undefined) fields.set(name, attribute(input, "value") ?? "")
    }
    for (const name of ["username", "login"]) if (fields.has(name)) fields.set(name, this.#answers.username)
    if (fields.has("password")) fields.set("password", this.#answers.password)
    const connection = /<option>([^<]*)<\/option>/i.exec(content)?.[1]
    if (connection !== undefined) fields.set("connection", connection)
    const refused = this.#answers.consent === "refuse" ? attribute(content, "formaction") : undefined
    return { action: unescaped(refused ?? action), fields }
  }
}

const attribute = (markup: string, name: string): string | undefined => {
  const value = new RegExp(`\\s${name}="([^"]*)"`, "i").exec(markup)?.[1]
  return value === undefined ? undefined : unescaped(value)
}

const unescaped = (text: string): string =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
