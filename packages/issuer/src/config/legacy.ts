import { Buffer } from "node:buffer"

import { DELEGATION, OAUTH_RO } from "../grant/grant-type.ts"
import type { ClientAuthMethod } from "./client-auth.ts"
import { checkHs256 } from "./key.ts"
import type { Section } from "./section.ts"

/** The settings of a legacy client. */
export interface LegacyConfig {
  /** Seconds. @default 36000 */
  readonly idTokenLifetime?: number
  /** How the secret becomes the HS256 key: its bytes as they are, or decoded first. @default "utf8" */
  readonly secretEncoding?: "utf8" | "base64url"
}

export interface Legacy {
  readonly idTokenLifetime: number
  readonly key: Uint8Array
  readonly decoded: boolean
}

interface LegacyOf {
  readonly auth: ClientAuthMethod
  readonly secret: string | undefined
  readonly grants: ReadonlySet<string>
}

/** The settings of a legacy client; `undefined` for all others. */
export const readLegacy = (section: Section, { auth, secret, grants }: LegacyOf): Legacy | undefined => {
  const asked = section.optional("legacy") !== undefined || grants.has(OAUTH_RO) || grants.has(DELEGATION)
  if (!asked) return undefined
  const legacy = section.section("legacy", ["idTokenLifetime", "secretEncoding"])
  if (secret === undefined)
    return section.fail("secret", "is missing; the ID tokens of a legacy client are signed with it")
  const decoded = legacy.choice("secretEncoding", ["utf8", "base64url"]) === "base64url"
  if (decoded && !/^[\w-]+={0,2}$/.test(secret))
    section.fail("secret", "is not base64url, as legacy.secretEncoding says")
  if (decoded && auth === "client_secret_jwt") {
    legacy.fail("secretEncoding", "must be utf8 with client_secret_jwt, which signs with the secret's own bytes")
  }
  const key = Buffer.from(secret, decoded ? "base64url" : "utf8")
  checkHs256(section, "secret", key)
  return { idTokenLifetime: legacy.seconds("idTokenLifetime", 36_000), key, decoded }
}
