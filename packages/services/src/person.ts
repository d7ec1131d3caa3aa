import { CookieJar } from "./cookie-jar.ts"
import { fillForm, type PersonAnswers, textOf } from "./form.ts"

/** What arrives at the application: an address, or the body of a form that was posted to it. */
export type Arrival = URLSearchParams | string

/**
 * Somebody with a browser at the issuer: cookies, redirects, and the forms of its pages filled in. One person is one
 * browser, and stays logged in.
 */
export class Person {
  readonly #answers: PersonAnswers
  readonly #cookies = new CookieJar()

  constructor(answers: PersonAnswers) {
    this.#answers = answers
  }

  /** Goes where the application sends it and does what the pages ask, until it comes back to the application. */
  async visit(address: string): Promise<Arrival> {
    const end = await this.#walk(address)
    if (!isPage(end)) return end
    throw new Error(`the issuer did not send the person back; its page says: ${end.says}`)
  }

  /** Does what the pages ask until they ask nothing more. */
  async finish(address: string): Promise<void> {
    if (!isPage(await this.#walk(address))) throw new Error("the issuer sent the person away")
  }

  async #walk(address: string): Promise<Arrival | LastPage> {
    const { origin } = new URL(address)
    let url = new URL(address)
    let form: URLSearchParams | undefined
    for (let step = 0; step < steps; step++) {
      if (url.origin !== origin) return url.href
      const response = await this.#request(url, form)
      const location = response.headers.get("location")
      const page = await response.text()
      if (location !== null) {
        url = new URL(location, url)
        form = undefined
        continue
      }
      if (!response.ok) throw new Error(`${response.status}: the issuer's page says: ${textOf(page)}`)
      const next = fillForm(page, this.#answers)
      if (next === undefined) return { says: textOf(page) }
      url = new URL(next.action, url)
      form = next.fields
      if (url.origin !== origin) return form
    }
    throw new Error("the pages lead nowhere")
  }

  async #request(url: URL, form: URLSearchParams | undefined): Promise<Response> {
    const headers = { cookie: this.#cookies.header, accept: "text/html" }
    const init = form === undefined ? {} : { method: "POST", body: form }
    const response = await fetch(url, { ...init, headers, redirect: "manual" })
    this.#cookies.keep(response)
    return response
  }
}

const steps = 20

/** A page that asks nothing more. */
interface LastPage {
  readonly says: string
}

const isPage = (end: Arrival | LastPage): end is LastPage => typeof end === "object" && "says" in end
