import * as Result from "effect/Result"
import { decodeUtf8 } from "#signature"
import { isJsonObject, type JsonObject } from "../model/json.ts"

/**
 * Parses UTF-8 bytes as a JSON object: no byte order mark, no duplicate member name at any depth, nesting of at most
 * 32. A failure completes "The token has a payload that …".
 *
 * @see RFC 7515 §4, RFC 7519 §4, RFC 8725 §3.7
 */
export const parseStrictObject = (bytes: Uint8Array): Result.Result<JsonObject, string> => {
  const text = decodeUtf8(bytes)
  if (text === undefined) return notUtf8
  const members = countNamesInText(text)
  if (members < 0) return tooDeep
  const json = parse(text)
  if (!isJsonObject(json)) return notObject
  // JSON.parse keeps the last of two members with one name: fewer members than names in the text.
  return countMembers(json) === members ? Result.succeed(json) : repeated
}

const maxDepth = 32

const notUtf8 = /*#__PURE__*/ Result.fail("is not UTF-8")
const notObject = /*#__PURE__*/ Result.fail("is not a JSON object")
const tooDeep = /*#__PURE__*/ Result.fail(`is nested more than ${maxDepth} deep`)
const repeated = /*#__PURE__*/ Result.fail("names a member twice")

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The number of colons outside strings, which is the number of member names if the text is JSON; -1 when nested too deep. */
const countNamesInText = (text: string): number => {
  let depth = 0
  let names = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === quote) at = endOfString(text, at)
    else if (character === colon) names++
    else if (character === openBrace || character === openBracket) depth++
    else if (character === closeBrace || character === closeBracket) depth--
    if (depth > maxDepth) return -1
  }
  return names
}

const quote = 0x22
const colon = 0x3a
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

const endOfString = (text: string, start: number): number => {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before--
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}

const countMembers = (value: object): number => {
  let members = 0
  if (Array.isArray(value)) {
    for (const child of value as ReadonlyArray<unknown>) members += countWithin(child)
    return members
  }
  // `for … in` allocates no list, and objects of JSON.parse inherit nothing enumerable.
  for (const name in value) members += 1 + countWithin((value as JsonObject)[name])
  return members
}

const countWithin = (value: unknown): number => (typeof value === "object" && value !== null ? countMembers(value) : 0)
