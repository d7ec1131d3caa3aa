import { describe, expect, it } from "vitest"
import { cookieJar } from "../../src/storage/cookie-jar.ts"

/** `document.cookie` of a browser that takes what the predicate allows. */
const fakeDocument = (takes: (pair: string) => boolean = () => true) => {
  const cookies = new Map<string, string>()
  return {
    cookies,
    get cookie() {
      return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ")
    },
    set cookie(text: string) {
      const [pair = "", ...attributes] = text.split("; ")
      const [name = "", value = ""] = pair.split("=")
      if (attributes.includes("Max-Age=0")) cookies.delete(name)
      else if (takes(pair)) cookies.set(name, value)
    },
  }
}

describe("a cookie jar", () => {
  it("cuts what is long into several cookies, each within a browser's bounds, and forgets what is left over", () => {
    const page = fakeDocument()
    const jar = cookieJar(page)
    const long = "é;=, ".repeat(900)
    jar.setItem("key", long)
    expect(jar.getItem("key")).toBe(long)
    expect(page.cookies.size).toBeGreaterThan(1)
    for (const [name, value] of page.cookies) expect(name.length + value.length).toBeLessThan(4000)
    jar.setItem("key", "short")
    expect(jar.getItem("key")).toBe("short")
    expect(page.cookies.size).toBe(1)
    jar.removeItem("key")
    expect([...page.cookies]).toEqual([])
  })

  it("refuses what does not fit, and what the browser does not take", () => {
    expect(() => cookieJar(fakeDocument()).setItem("key", "x".repeat(8200))).toThrow(
      expect.objectContaining({ name: "CookieTooLarge" }),
    )
    expect(() => cookieJar(fakeDocument(() => false)).setItem("key", "x")).toThrow(
      expect.objectContaining({ name: "CookieRefused" }),
    )
  })

  it("takes half a write of another tab for an error, never for a value or for nothing", () => {
    const [mine, theirs] = [fakeDocument(), fakeDocument()]
    cookieJar(mine).setItem("key", "a".repeat(5000))
    cookieJar(theirs).setItem("key", "b".repeat(5000))
    const [, second] = [...theirs.cookies.keys()].toSorted((one, other) => one.length - other.length)
    mine.cookies.set(second ?? "", theirs.cookies.get(second ?? "") ?? "")
    expect(() => cookieJar(mine).getItem("key")).toThrow(expect.objectContaining({ name: "CookieTorn" }))
  })

  it("survives what others write under its names", () => {
    const page = fakeDocument()
    cookieJar(page).setItem("key", "value")
    const [name = ""] = page.cookies.keys()
    for (const text of ["", "x", "a.1", "a.99.x", "a.-1.x", "a.NaN.x"]) {
      page.cookies.set(name, text)
      const read = () => cookieJar(page).getItem("key")
      expect([null, "CookieTorn"]).toContain(outcomeOf(read))
    }
  })
})

const outcomeOf = (read: () => unknown): unknown => {
  try {
    return read() || null
  } catch (error) {
    return error instanceof Error ? error.name : "something else"
  }
}
