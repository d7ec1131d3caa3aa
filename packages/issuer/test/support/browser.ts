/** As much of a browser as a login needs: cookies, redirects of the issuer, forms. */
export class Browser {
  readonly #cookies = new Map<string, string>()

  /** Follows redirects up to the first address that does not begin with `origin`, or to a page. */
  async open(origin: string, address: string, form?: Readonly<Record<string, string>>): Promise<Page> {
    let url = new URL(address, origin)
    let body = form === undefined ? undefined : new URLSearchParams(form)
    for (let hop = 0; hop < 10; hop++) {
      if (url.origin !== origin) return { url, status: 0, text: "", headers: new Headers() }
      const response = await fetch(url, {
        redirect: "manual",
        headers: {
          cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "),
          accept: "text/html",
        },
        ...(body === undefined ? {} : { method: "POST", body }),
      })
      this.#keep(response.headers.getSetCookie())
      const location = response.headers.get("location")
      if (location === null) {
        const page = { url, status: response.status, text: await response.text(), headers: response.headers }
        // A page that submits itself.
        const isMachine = page.text.includes("document.forms[0].submit()")
        return isMachine && formOf(page).action.origin === origin ? this.submit(page) : page
      }
      url = new URL(location, url)
      body = undefined
    }
    throw new Error("too many redirects")
  }

  /** Sends the form of a page, its hidden fields included, as if a button with this name were pressed. */
  submit(page: Page, fields: Readonly<Record<string, string>> = {}): Promise<Page> {
    const { action, hidden } = formOf(page)
    return this.open(page.url.origin, action.href, { ...hidden, ...fields })
  }

  /** Sends the form of a page to where a button of it leads instead. */
  press(page: Page, action: string): Promise<Page> {
    return this.open(page.url.origin, `${page.url.pathname}/${action}`, {})
  }

  #keep(cookies: ReadonlyArray<string>): void {
    for (const cookie of cookies) {
      const [pair = ""] = cookie.split(";")
      const name = pair.slice(0, pair.indexOf("="))
      if (/expires=Thu, 01 Jan 1970/i.test(cookie)) this.#cookies.delete(name)
      else this.#cookies.set(name, pair.slice(name.length + 1))
    }
  }
}

export interface Page {
  readonly url: URL
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

/** Where the form of a page goes, and what it sends by itself. */
export const formOf = ({ text, url }: Page) => {
  const action = /<form[^>]* action="([^"]*)"/.exec(text)?.[1]
  if (action === undefined) throw new Error(`there is no form on the page: ${text}`)
  const hidden = [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return {
    action: new URL(decode(action), url),
    hidden: Object.fromEntries(hidden.map(([, name = "", value = ""]) => [name, decode(value)])),
  }
}

const decode = (text: string): string =>
  text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<").replaceAll("&amp;", "&")
