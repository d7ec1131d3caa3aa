import { Buffer } from "node:buffer"

import { type OwnClaims, readClaims } from "./claims.ts"
import { type Delegation, DELEGATION_FIELDS, readDelegation } from "./delegation.ts"
import { checkHs256 } from "./key.ts"
import type { Section } from "./section.ts"

/** An API with a validated configuration. */
export interface Api extends Delegation {
  readonly audience: string
  readonly scopes: ReadonlyArray<string>
  readonly tokenLifetime: number
  readonly claims: OwnClaims
  readonly key: Buffer | undefined
}

export const API_FIELDS = ["audience", "scopes", "tokenLifetime", "claims", "secret", ...DELEGATION_FIELDS]

export const readApi = (section: Section): Api => {
  const audience = section.text("audience")
  if (/\s/.test(audience)) section.fail("audience", "must not have white space")
  const secret = section.optionalText("secret")
  const key = secret === undefined ? undefined : Buffer.from(secret)
  if (key !== undefined) checkHs256(section, "secret", key)
  return {
    audience,
    scopes: section
      .texts("scopes")
      .map((scope, index) =>
        /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(scope)
          ? scope
          : section.fail(`scopes[${index}]`, "must be one scope, without white space (RFC 6749 §3.3)"),
      ),
    tokenLifetime: section.seconds("tokenLifetime", 3600),
    claims: readClaims(section),
    key,
    ...readDelegation(section),
  }
}
