import { isDeepStrictEqual } from "node:util"

import type { Section } from "./section.ts"

/** Custom claims by name: any JSON. */
export type OwnClaims = Readonly<Record<string, unknown>>

/** Reads `claims`; none may replace a claim that the issuer sets itself. */
export const readClaims = (section: Section): OwnClaims => {
  const claims = section.optional("claims") ?? {}
  if (typeof claims !== "object" || claims === null || Array.isArray(claims)) {
    return section.fail("claims", "must be an object")
  }
  for (const [name, value] of Object.entries(claims)) {
    if (RESERVED.has(name)) section.fail(`claims.${name}`, "is a claim that the issuer sets; choose another name")
    if (!isJson(value))
      section.fail(`claims.${name}`, "must be JSON: texts, numbers, true, false, null, lists, objects")
  }
  if (JSON.stringify(claims).length > MAX_LENGTH) {
    section.fail("claims", `must not be longer than ${MAX_LENGTH} characters as JSON`)
  }
  return claims as OwnClaims
}

// A token goes into a header, and servers accept 8 to 16 kB of headers.
const MAX_LENGTH = 4096

const isJson = (value: unknown): boolean => {
  try {
    return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value)
  } catch {
    return false
  }
}

/** RFC 7519 §4.1, RFC 9068 §2.2, RFC 8693 §4, OpenID Connect Core §2 and §5.1, and what this issuer adds to its tokens. */
const RESERVED = new Set(
  [
    "iss sub aud exp nbf iat jti client_id scope cnf act may_act exchanged_from",
    "nonce at_hash c_hash s_hash auth_time acr amr azp sid events active token_type",
    "name nickname given_name family_name preferred_username username email email_verified user_id",
    "__proto__",
  ].flatMap((names) => names.split(" ")),
)
