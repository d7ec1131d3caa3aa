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
      if (location === null)
        return { url, status: response.status, text: await response.text(), headers: response.headers }
      url = new URL(location, url)
      body = undefined
    }
    throw new Error("too many redirects")
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
