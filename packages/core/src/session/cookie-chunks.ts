import { type Cookies, removeCookie, setCookie } from "./cookie.ts"

/** A value on its way into cookies. */
export interface Chunked {
  /** `__Host-…`; the pieces of a value too long for one cookie are named `<name>.0`, `<name>.1`, … */
  readonly name: string
  readonly value: string
  /** Seconds. */
  readonly maxAge: number
}

/**
 * The lines that give a browser a value, in one cookie or in several, and take from it what an earlier value has left;
 * nothing where the value is too long for what browsers and servers take.
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
 * What the value may be that a browser has: in one cookie, in pieces, or both where two answers have crossed each other.
 * Of the pieces the last ones may be left over, so each list says what to try, and the first that is a value counts.
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

/** The lines that take a value from a browser. */
export const removeChunks = (name: string, present: Cookies): ReadonlyArray<string> =>
  presentNames(name, present).map(removeCookie)

/** Of a `Set-Cookie` line with all its attributes; browsers take 4096 bytes for a name and its value. */
const lineLength = 3072
/** Together they stay below what common servers take as headers. */
const maxChunks = 4

const presentNames = (name: string, cookies: Cookies): ReadonlyArray<string> =>
  [name, ...Array.from({ length: maxChunks }, (_, index) => `${name}.${index}`)].filter((each) => cookies.has(each))
