import { Buffer } from "node:buffer"

import { GRANT_NAMES, grantType, OAUTH_RO } from "../grant/grant-type.ts"
import { HS256_MIN_BYTES, type JsonWebKeySet, readPublicKeys } from "./key.ts"
import type { Section } from "./section.ts"

const AUTH_METHODS = [
  "client_secret_basic",
  "client_secret_post",
  "client_secret_jwt",
  "private_key_jwt",
  "none",
] as const

/** How a client proves who it is at the token endpoint. */
export type ClientAuthMethod = (typeof AUTH_METHODS)[number]

/** An application registered at the issuer. */
export interface ClientConfig {
  readonly id: string
  readonly name?: string
  readonly secret?: string
  /** @default `client_secret_basic` with a secret, `private_key_jwt` with a key, `none` without either */
  readonly auth?: ClientAuthMethod
  /** The public keys of `private_key_jwt` and of assertions that the client signs for itself. */
  readonly jwks?: JsonWebKeySet
  /** A public key as PEM (SPKI) instead of `jwks`. */
  readonly publicKey?: string
  /** Names (`password-realm`, `jwt-bearer`, `oauth-ro`, …) or the grant type URIs themselves. */
  readonly grants: ReadonlyArray<string>
  /** A loopback address without port, such as `http://127.0.0.1/callback`, stands for any port (RFC 8252 §7.3). */
  readonly redirectUris?: ReadonlyArray<string>
  /** The API scopes it may ask for, separated by spaces. @default all */
  readonly scope?: string
  /** Subjects, besides itself, for which the client may sign an assertion of its own (RFC 7523 §3). */
  readonly assertionSubjects?: ReadonlyArray<string>
  /** Believe `auth0-forwarded-for` from this client once it is authenticated. @default false */
  readonly forwardedFor?: boolean
  /** A client of the old kind: its ID tokens are HS256, signed with its own secret. @default {} with `oauth-ro` */
  readonly legacy?: LegacyConfig
}

/** What is special about a client of the old kind. */
export interface LegacyConfig {
  /** Seconds. @default 36000 */
  readonly idTokenLifetime?: number
  /** How the secret becomes the HS256 key: its bytes as they are, or decoded first. @default "utf8" */
  readonly secretEncoding?: "utf8" | "base64url"
}

/** A client whose configuration was checked. */
export interface Client {
  readonly id: string
  readonly name: string | undefined
  readonly secret: string | undefined
  readonly auth: ClientAuthMethod
  readonly jwks: JsonWebKeySet | undefined
  readonly grants: ReadonlySet<string>
  readonly redirectUris: ReadonlyArray<string>
  readonly scopes: ReadonlySet<string> | undefined
  readonly assertionSubjects: ReadonlySet<string>
  readonly forwardedFor: boolean
  readonly legacy: Legacy | undefined
}

export interface Legacy {
  readonly idTokenLifetime: number
  readonly key: Uint8Array
  readonly decoded: boolean
}

export const CLIENT_FIELDS = [
  "id",
  "name",
  "secret",
  "auth",
  "jwks",
  "publicKey",
  "grants",
  "redirectUris",
  "scope",
  "assertionSubjects",
  "forwardedFor",
  "legacy",
]

const PRINTABLE = /^[\x20-\x7E]*$/

export const readClient = (section: Section): Client => {
  const id = section.text("id")
  const secret = section.optionalText("secret")
  for (const [name, value] of Object.entries({ id, secret })) {
    if (!PRINTABLE.test(value ?? "")) section.fail(name, "must be printable ASCII (RFC 6749 Appendix A)")
  }
  const jwks = readPublicKeys(section)
  const auth = section.choice("auth", AUTH_METHODS) ?? defaultAuth(secret, jwks)
  const scope = section.optionalText("scope")
  if (auth.startsWith("client_secret") && secret === undefined) section.fail("secret", `is missing; ${auth} needs one`)
  if (auth === "private_key_jwt" && jwks === undefined) {
    section.fail("jwks", "is missing; private_key_jwt needs jwks or publicKey")
  }
  if (auth === "client_secret_jwt") checkHs256(section, "secret", Buffer.from(secret ?? ""))
  const grants = readGrants(section)
  return {
    id,
    name: section.optionalText("name"),
    secret,
    auth,
    jwks,
    grants,
    redirectUris: readRedirectUris(section),
    scopes: scope === undefined ? undefined : new Set(scope.split(" ")),
    assertionSubjects: new Set(section.texts("assertionSubjects")),
    forwardedFor: section.flag("forwardedFor"),
    legacy:
      grants.has(OAUTH_RO) || section.optional("legacy") !== undefined ? readLegacy(section, auth, secret) : undefined,
  }
}

/** Refuses a secret that is too short to be an HS256 key, without repeating it. */
export const checkHs256 = (section: Section, name: string, key: Uint8Array): void => {
  if (key.length >= HS256_MIN_BYTES) return
  section.fail(
    name,
    `has ${key.length} bytes, HS256 needs at least ${HS256_MIN_BYTES} (RFC 7518 §3.2); make one with: openssl rand -base64 48`,
  )
}

const defaultAuth = (secret: string | undefined, jwks: JsonWebKeySet | undefined): ClientAuthMethod => {
  if (secret !== undefined) return "client_secret_basic"
  return jwks === undefined ? "none" : "private_key_jwt"
}

const readGrants = (section: Section): ReadonlySet<string> => {
  const names = section.texts("grants")
  if (names.length === 0) section.fail("grants", `is missing; list one or more of ${GRANT_NAMES.join(", ")}`)
  return new Set(
    names.map(
      (name, index) =>
        grantType(name) ?? section.fail(`grants[${index}]`, `is not known; known are ${GRANT_NAMES.join(", ")}`),
    ),
  )
}

const readRedirectUris = (section: Section): ReadonlyArray<string> => {
  const uris = section.texts("redirectUris")
  for (const [index, uri] of uris.entries()) {
    if (!URL.canParse(uri) || uri.includes("#")) {
      section.fail(`redirectUris[${index}]`, "must be an absolute URL without fragment")
    }
  }
  if (uris.length === 0 && section.texts("grants").includes("authorization_code")) {
    section.fail("redirectUris", "is missing; the grant authorization_code needs one")
  }
  return uris
}

const readLegacy = (section: Section, auth: ClientAuthMethod, secret: string | undefined): Legacy => {
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
