/** An application with the routes of a `webLogin`; any Hono app is one. */
export interface TestApplication {
  readonly request: (url: string, init?: RequestInit) => Response | Promise<Response>
}

/** Runs a login like a browser, and returns the browser's `Cookie` header. */
export const signIn = async (
  app: TestApplication,
  loginPath: string,
  /** Where the issuer sends the browser from an authorization request. */
  answerTo: (request: URL) => string,
): Promise<string> => {
  const cookies = new Map<string, string>()
  const sent = async (url: string): Promise<string> => {
    const answer = await app.request(url, { headers: { accept: "application/json", cookie: headerOf(cookies) } })
    for (const line of answer.headers.getSetCookie()) keep(cookies, line)
    const location = answer.headers.get("location")
    if (answer.status === 303 && location !== null) return location
    throw new Error(`The login was answered with ${answer.status}: ${await answer.text()}`)
  }
  await sent(answerTo(new URL(await sent(loginPath))))
  return headerOf(cookies)
}

const keep = (cookies: Map<string, string>, line: string): void => {
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? []
  if (/; *max-age=0(?:;|$)/i.test(line)) cookies.delete(name)
  else cookies.set(name, value)
}

const headerOf = (cookies: ReadonlyMap<string, string>): string =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
