import { type Credentials, formOf } from "./form.ts"

/** Somebody with a browser: an ordinary cookie jar, redirects followed, and the forms of the issuer's pages filled in. */
export interface Person {
  /** Goes where the application sends it and does what the pages ask, until it is sent back; the address it ends at. */
  readonly signIn: (address: string) => Promise<string>
  /** Does what the pages ask until they ask nothing more. */
  readonly finish: (address: string) => Promise<void>
}

export const makePerson = (credentials: Credentials): Person => {
  const cookies = new Map<string, string>()

  const request = async (url: URL, form: URLSearchParams | undefined): Promise<Response> => {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ")
    const init = form === undefined ? {} : { method: "POST", body: form }
    const response = await fetch(url, { ...init, headers: { cookie, accept: "text/html" }, redirect: "manual" })
    for (const set of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (set.split(";")[0] ?? "").split(/=(.*)/s)
      if (/expires=thu, 01 jan 1970/i.test(set)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }

  const walk = async (address: string): Promise<string | undefined> => {
    const { origin } = new URL(address)
    let url = new URL(address)
    let form: URLSearchParams | undefined
    for (let step = 0; step < steps; step++) {
      if (url.origin !== origin) return url.href
      const response = await request(url, form)
      const location = response.headers.get("location")
      const page = await response.text()
      if (location !== null) {
        url = new URL(location, url)
        form = undefined
        continue
      }
      if (!response.ok) throw new Error(`the issuer's page says: ${textOf(page)}`)
      const next = formOf(page)
      if (next === undefined) return undefined
      url = new URL(next.action, url)
      form = next.fill(credentials)
    }
    throw new Error("the issuer's pages lead nowhere")
  }

  return {
    signIn: async (address) => {
      const end = await walk(address)
      if (end === undefined) throw new Error("the issuer did not send the person back")
      return end
    },
    finish: async (address) => {
      const end = await walk(address)
      if (end !== undefined) throw new Error("the issuer sent the person away")
    },
  }
}

const steps = 20

const textOf = (page: string): string =>
  page
    .replace(/<(head|style)[\s\S]*?<\/\1>|<[^>]*>/gi, " ")
    .replace(/\s+/g, " ")
    .trim()
