import { Buffer } from "node:buffer"

import { GRANT_NAMES, grantType, TOKEN_EXCHANGE } from "../grant/grant-type.ts"
import { type OwnClaims, readClaims } from "./claims.ts"
import { AUTH_METHODS, type ClientAuthMethod, defaultAuth } from "./client-auth.ts"
import { type Delegation, DELEGATION_FIELDS, type DelegationConfig, readDelegation } from "./delegation.ts"
import { checkHs256, type JsonWebKeySet, readPublicKeys } from "./key.ts"
import { type Legacy, type LegacyConfig, readLegacy } from "./legacy.ts"
import { checkAddresses, readRedirectUris } from "./redirect-uri.ts"
import type { Section } from "./section.ts"
import { readSession, type Session, SESSION_FIELDS, type SessionConfig } from "./session.ts"

/** An application registered at the issuer. */
export interface ClientConfig extends DelegationConfig, SessionConfig {
  readonly id: string
  readonly name?: string
  readonly secret?: string
  /** @default `client_secret_basic` with a secret, `private_key_jwt` with a key, `none` without either */
  readonly auth?: ClientAuthMethod
  /** The public keys of `private_key_jwt` and of assertions that the client signs for itself. */
  readonly jwks?: JsonWebKeySet
  /** A public key as PEM (SPKI) instead of `jwks`. */
  readonly publicKey?: string
  /** Names (`password-realm`, `token-exchange`, `delegation`, …) or grant type URIs. */
  readonly grants: ReadonlyArray<string>
  /** A loopback address without port, such as `http://127.0.0.1/callback`, stands for any port (RFC 8252 §7.3). */
  readonly redirectUris?: ReadonlyArray<string>
  /** The API scopes it may request, separated by spaces. @default all */
  readonly scope?: string
  /** Additional claims of its access tokens. */
  readonly claims?: OwnClaims
  /** Subjects, besides itself, for which the client may sign an assertion of its own (RFC 7523 §3). */
  readonly assertionSubjects?: ReadonlyArray<string>
  /** Trust `auth0-forwarded-for` from this client if it has authenticated. @default false */
  readonly forwardedFor?: boolean
  /**
   * A legacy client: its ID tokens are HS256, signed with its own secret. @default {} with `oauth-ro` or `delegation`
   */
  readonly legacy?: LegacyConfig
  /** The audience of the API that this client is: it may trade the tokens that the API receives. */
  readonly api?: string
  /** The only actor for the subjects of this client's tokens: the `may_act` of its access tokens (RFC 8693 §4.4). */
  readonly mayAct?: string
}

/** A client with a validated configuration. */
export interface Client extends Delegation, Session {
  readonly id: string
  readonly name: string | undefined
  readonly secret: string | undefined
  readonly auth: ClientAuthMethod
  readonly jwks: JsonWebKeySet | undefined
  readonly grants: ReadonlySet<string>
  readonly redirectUris: ReadonlyArray<string>
  readonly scopes: ReadonlySet<string> | undefined
  readonly claims: OwnClaims
  readonly assertionSubjects: ReadonlySet<string>
  readonly forwardedFor: boolean
  readonly legacy: Legacy | undefined
  readonly api: string | undefined
  readonly mayAct: string | undefined
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
  "claims",
  "assertionSubjects",
  "forwardedFor",
  "legacy",
  "api",
  "mayAct",
  ...DELEGATION_FIELDS,
  ...SESSION_FIELDS,
]

const PRINTABLE = /^[\x20-\x7E]*$/

export const readClient = (section: Section): Client => {
  const id = section.text("id")
  const secret = section.optionalText("secret")
  for (const [name, value] of Object.entries({ id, secret })) {
    if (!PRINTABLE.test(value ?? "")) section.fail(name, "must be printable ASCII (RFC 6749 Appendix A)")
  }
  const jwks = readPublicKeys(section)
  const chosen = section.choice("auth", AUTH_METHODS)
  const auth = chosen ?? defaultAuth(secret, jwks)
  const scope = section.optionalText("scope")
  checkAuth({ section, auth, secret, jwks })
  const grants = readGrants(section, auth === "none" ? chosen : auth)
  const redirectUris = readRedirectUris(section, grants)
  const session = readSession(section, auth)
  checkAddresses(section, { grants, redirectUris, logoutUrls: session.logoutUrls })
  return {
    id,
    name: section.optionalText("name"),
    secret,
    auth,
    jwks,
    grants,
    redirectUris,
    scopes: scope === undefined ? undefined : new Set(scope.split(" ")),
    claims: readClaims(section),
    assertionSubjects: new Set(section.texts("assertionSubjects")),
    forwardedFor: section.flag("forwardedFor"),
    legacy: readLegacy(section, { auth, secret, grants }),
    api: section.optionalText("api"),
    mayAct: section.optionalText("mayAct"),
    ...readDelegation(section),
    ...session,
  }
}

interface Proof {
  readonly section: Section
  readonly auth: ClientAuthMethod
  readonly secret: string | undefined
  readonly jwks: JsonWebKeySet | undefined
}

const checkAuth = ({ section, auth, secret, jwks }: Proof): void => {
  if (auth.startsWith("client_secret") && secret === undefined) section.fail("secret", `is missing; ${auth} needs one`)
  if (auth === "private_key_jwt" && jwks === undefined) {
    section.fail("jwks", "is missing; private_key_jwt needs jwks or publicKey")
  }
  if (auth === "client_secret_jwt") checkHs256(section, "secret", Buffer.from(secret ?? ""))
}

const readGrants = (section: Section, auth: ClientAuthMethod | undefined): ReadonlySet<string> => {
  const names = section.texts("grants")
  if (names.length === 0) section.fail("grants", `is missing; list one or more of ${GRANT_NAMES.join(", ")}`)
  const grants = names.map(
    (name, index) =>
      grantType(name) ?? section.fail(`grants[${index}]`, `is not known; known are ${GRANT_NAMES.join(", ")}`),
  )
  const exchange = grants.indexOf(TOKEN_EXCHANGE)
  if (auth === undefined && exchange >= 0) {
    section.fail(
      `grants[${exchange}]`,
      'is for clients that prove who they are; give a secret or a key, or say that it cannot: auth: "none" (RFC 8693 §2.1)',
    )
  }
  return new Set(grants)
}
