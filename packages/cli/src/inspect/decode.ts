import { isUtf8 } from "node:buffer"

export type JsonObject = Readonly<Record<string, unknown>>

/** A leniently decoded token; nothing of it is verified. */
export type Decoded =
  | { readonly kind: "jwt"; readonly header: JsonObject; readonly claims: JsonObject }
  | { readonly kind: "encrypted"; readonly header: JsonObject }
  | { readonly kind: "opaque" }
  | { readonly kind: "broken"; readonly problem: string }

/** Decodes a token leniently: the verification reports what is wrong with a JWT. */
export const decode = (token: string): Decoded => {
  const parts = token.split(".", 7)
  if (parts.length === 1) return { kind: "opaque" }
  if (parts.length !== 3 && parts.length !== 5) {
    const count = parts.length > 6 ? "more than six" : String(parts.length)
    return broken(`has ${count} parts between dots; a signed JWT has three, an encrypted one five`)
  }
  const [head = "", payload = ""] = parts
  const header = jsonOf(head, "header")
  if (typeof header === "string") return broken(header)
  if (parts.length === 5) return { kind: "encrypted", header }
  const claims = jsonOf(payload, "payload")
  return typeof claims === "string" ? broken(claims) : { kind: "jwt", header, claims }
}

const maxDepth = 32

const broken = (problem: string): Decoded => ({ kind: "broken", problem })

const jsonOf = (part: string, name: string): JsonObject | string => {
  if (!/^[\w-]+$/.test(part)) return `has a ${name} that is not base64url`
  const bytes = Buffer.from(part, "base64url")
  if (!isUtf8(bytes)) return `has a ${name} that is not UTF-8`
  const text = bytes.toString()
  if (depthOf(text) > maxDepth) return `has a ${name} that is nested more than ${maxDepth} deep`
  try {
    const json: unknown = JSON.parse(text)
    return isObject(json) ? json : `has a ${name} that is not a JSON object`
  } catch {
    return `has a ${name} that is not JSON`
  }
}

const isObject = (json: unknown): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json)

/** The nesting depth of text as JSON; brackets in strings do not count. */
const depthOf = (text: string): number => {
  let depth = 0
  let deepest = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/gs)) {
    if (token === "{" || token === "[") deepest = Math.max(deepest, (depth += 1))
    else if (token === "}" || token === "]") depth -= 1
  }
  return deepest
}
