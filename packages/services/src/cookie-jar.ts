/** The cookies that a browser has at one site: their names and values. */
export class CookieJar extends Map<string, string> {
  /** What the browser sends. */
  get header(): string {
    return [...this].map((pair) => pair.join("=")).join("; ")
  }

  /** Does what an answer says. */
  keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split(/=(.*)/s)
      if (/;\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(line)) this.delete(name)
      else this.set(name, value)
    }
  }
}
