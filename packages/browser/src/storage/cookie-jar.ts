import type { KeyValueStorage } from "@bearerkit/core"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"

/**
 * Keeps text in cookies. A value that is too long for one cookie is split; each part names its write, so that half a
 * write of another tab is an error and never another value.
 *
 * @see RFC 6265 §4.1.1, §6.1
 */
export const cookieJar = (page: Pick<Document, "cookie">): KeyValueStorage => {
  const read = (name: string): string | undefined => {
    const start = `${name}=`
    const pair = page.cookie.split("; ").find((each) => each.startsWith(start))
    return pair?.slice(start.length)
  }
  const write = (name: string, value: string): void => {
    page.cookie = `${name}=${value}; ${attributes}`
    if (read(name) !== value) throw new CookieRefused()
  }
  const drop = (name: string): void => {
    if (read(name) !== undefined) page.cookie = `${name}=; ${attributes}; Max-Age=0`
  }

  const getItem = (key: string): string | null => {
    const name = nameOf(key)
    const first = read(name)
    if (first === undefined) return null
    const [tag = "", count = ""] = first.split(".")
    const parts = Array.from({ length: Math.min(Number(count), maxParts) }, (_, part) => read(partName(name, part)))
    if (parts.some((part) => part?.startsWith(`${tag}.`) !== true)) throw new CookieTorn()
    return textOf(parts.map((part) => part?.slice(part.lastIndexOf(".") + 1)).join(""))
  }

  return {
    getItem,
    setItem: (key, value) => {
      const name = nameOf(key)
      const encoded = Base64Url.encode(value)
      const count = Math.max(1, Math.ceil(encoded.length / partLength))
      if (count > maxParts || name.length > maxName) throw new CookieTooLarge()
      const tag = crypto.randomUUID().slice(0, 8)
      for (let part = count; part-- > 0;) {
        write(partName(name, part), `${tag}.${count}.${encoded.slice(part * partLength, (part + 1) * partLength)}`)
      }
      for (let part = count; part < maxParts; part++) drop(partName(name, part))
    },
    removeItem: (key) => {
      for (let part = 0; part < maxParts; part++) drop(partName(nameOf(key), part))
    },
  }
}

class CookieRefused extends Error {
  override readonly name = "CookieRefused"
}
class CookieTooLarge extends Error {
  override readonly name = "CookieTooLarge"
}
class CookieTorn extends Error {
  override readonly name = "CookieTorn"
}

const attributes = "Path=/; Secure; SameSite=Strict"
/** A cookie has 4096 bytes with its name; a server takes some 8 kB of them. */
const partLength = 3600
const maxParts = 3
const maxName = 300

/** Cookie names tell letters apart and take no others than a token's (RFC 9110 §5.6.2). */
const nameOf = (key: string): string => Base64Url.encode(key)

const partName = (name: string, part: number): string => (part === 0 ? name : `${name}.${part}`)

const textOf = (encoded: string): string | null => Result.getOrElse(Base64Url.decodeString(encoded), () => null)
