import { Buffer } from "node:buffer"

import { checkHs256, type Client, CLIENT_FIELDS, readClient } from "./client.ts"
import { type CheckedConnection, CONNECTION_FIELDS, readConnection } from "./connection.ts"
import { type JsonWebKeySet, readKeySet, readPublicKeys } from "./key.ts"
import { Section } from "./section.ts"

/** The configuration after every field was checked. */
export interface CheckedConfig {
  readonly issuer: string | undefined
  readonly jwks: JsonWebKeySet | undefined
  readonly clients: ReadonlyMap<string, Client>
  readonly apis: ReadonlyMap<string, Api>
  readonly connections: ReadonlyArray<CheckedConnection>
  readonly defaultConnection: string | undefined
  readonly assertionIssuers: ReadonlyMap<string, AssertionIssuer>
}

export interface Api {
  readonly audience: string
  readonly scopes: ReadonlyArray<string>
  readonly tokenLifetime: number
  readonly key: Buffer | undefined
}

export interface AssertionIssuer {
  readonly issuer: string
  readonly jwks: JsonWebKeySet
  readonly subjects: ReadonlySet<string> | undefined
}

const FIELDS = ["issuer", "jwks", "clients", "apis", "connections", "defaultConnection", "trustedAssertionIssuers"]

/** Checks a configuration as it came from a file or a caller; throws {@link IssuerConfigError} naming the field. */
export const checkConfig = (value: unknown): CheckedConfig => {
  const config = new Section("", value, FIELDS)
  const clients = config.sections("clients", CLIENT_FIELDS)
  if (clients.length === 0) config.fail("clients", "is missing; list at least one client")
  const connections = config.sections("connections", CONNECTION_FIELDS)
  return {
    issuer: readIssuer(config),
    jwks: readSigningKeys(config),
    clients: byName({ sections: clients, name: "id", read: readClient }),
    apis: byName({
      sections: config.sections("apis", ["audience", "scopes", "tokenLifetime", "secret"]),
      name: "audience",
      read: readApi,
    }),
    connections: [...byName({ sections: connections, name: "name", read: readConnection }).values()],
    defaultConnection: readDefaultConnection(config, connections),
    assertionIssuers: byName({
      sections: config.sections("trustedAssertionIssuers", ["issuer", "jwks", "publicKey", "subjects"]),
      name: "issuer",
      read: readAssertionIssuer,
    }),
  }
}

interface Named<Item> {
  readonly sections: ReadonlyArray<Section>
  readonly name: string
  readonly read: (section: Section) => Item
}

const byName = <Item>({ sections, name, read }: Named<Item>): ReadonlyMap<string, Item> => {
  const items = new Map<string, Item>()
  for (const section of sections) {
    const key = section.text(name)
    if (items.has(key)) section.fail(name, "is there twice; give each its own")
    items.set(key, read(section))
  }
  return items
}

const readIssuer = (config: Section): string | undefined => {
  const issuer = config.optionalText("issuer")
  if (issuer === undefined) return undefined
  const url = URL.parse(issuer)
  if (url === null || !/^https?:$/.test(url.protocol) || url.origin !== issuer) {
    return config.fail("issuer", "must be an origin without path, such as http://127.0.0.1:3999")
  }
  return issuer
}

const readSigningKeys = (config: Section): JsonWebKeySet | undefined => {
  const jwks = readKeySet(config, "jwks")
  if (jwks === undefined) return undefined
  for (const [index, key] of jwks.keys.entries()) {
    if (typeof key["d"] !== "string")
      config.fail(`jwks.keys[${index}]`, "must be a private key, the issuer signs with it")
  }
  const rs256 = jwks.keys.some((key) => key.kty === "RSA" && (key.alg ?? "RS256") === "RS256")
  return rs256 ? jwks : config.fail("jwks", "must have an RSA key for RS256")
}

const readApi = (section: Section): Api => {
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
    key,
  }
}

const readDefaultConnection = (config: Section, connections: ReadonlyArray<Section>): string | undefined => {
  const names = connections.map((connection) => connection.text("name"))
  const name = config.optionalText("defaultConnection")
  if (name === undefined) return names.length === 1 ? names[0] : undefined
  if (names.includes(name)) return name
  return config.fail("defaultConnection", `is not one of the connections (${names.join(", ") || "there are none"})`)
}

const readAssertionIssuer = (section: Section): AssertionIssuer => {
  const subjects = section.optional("subjects") === undefined ? undefined : new Set(section.texts("subjects"))
  return {
    issuer: section.text("issuer"),
    jwks: readPublicKeys(section) ?? section.fail("jwks", "is missing; give jwks or publicKey"),
    subjects,
  }
}
