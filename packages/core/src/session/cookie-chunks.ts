import { type Cookies, removeCookie, setCookie } from "./cookie.ts"

/** A value to set as cookies. */
export interface Chunked {
  /** `__Host-…`; the pieces of a value too long for one cookie are named `<name>.0`, `<name>.1`, … */
  readonly name: string
  readonly value: string
  /** Seconds. */
  readonly maxAge: number
}

/**
 * The `Set-Cookie` lines for a value, in one cookie or in several, and those that remove leftovers of an earlier value;
 * `undefined` if the value is too long for browsers and servers.
 */
export const setChunks = ({ name, value, maxAge }: Chunked, present: Cookies): ReadonlyArray<string> | undefined => {
  const room = lineLength - setCookie(`${name}.0`, "", maxAge).length
  const count = Math.ceil(value.length / room)
  if (count > maxChunks) return undefined
  const pieces = Array.from({ length: count }, (_, index) => value.slice(index * room, (index + 1) * room))
  const set = new Map(count === 1 ? [[name, value]] : pieces.map((piece, index) => [`${name}.${index}`, piece]))
  const stale = presentNames(name, present).filter((each) => !set.has(each))
  return [...[...set].map(([each, piece]) => setCookie(each, piece, maxAge)), ...stale.map(removeCookie)]
}

/**
 * The candidates for a browser's value: in one cookie, in pieces, or both if two responses have crossed. The last
 * pieces may be leftovers, so each list holds the values to try; the first valid one counts.
 */
export const readChunks = (name: string, cookies: Cookies): ReadonlyArray<ReadonlyArray<string>> => {
  const names = Array.from({ length: maxChunks }, (_, index) => `${name}.${index}`)
  const gap = names.findIndex((each) => !cookies.has(each))
  const pieces = names.slice(0, gap < 0 ? maxChunks : gap).map((each) => cookies.get(each) ?? "")
  const whole = cookies.get(name)
  return [
    ...(whole === undefined ? [] : [[whole]]),
    ...(pieces.length === 0 ? [] : [pieces.map((_, left) => pieces.slice(0, pieces.length - left).join(""))]),
  ]
}

/** The `Set-Cookie` lines that remove a value. */
export const removeChunks = (name: string, present: Cookies): ReadonlyArray<string> =>
  presentNames(name, present).map(removeCookie)

/** The maximum length of a `Set-Cookie` line with all its attributes; browsers accept 4096 bytes for name and value. */
const lineLength = 3072
/** Together they stay below the header limit of common servers. */
const maxChunks = 4

const presentNames = (name: string, cookies: Cookies): ReadonlyArray<string> =>
  [name, ...Array.from({ length: maxChunks }, (_, index) => `${name}.${index}`)].filter((each) => cookies.has(each))
