import { type Api, API_FIELDS, readApi } from "./api.ts"
import { ASSERTION_ISSUER_FIELDS, type AssertionIssuer, readAssertionIssuer } from "./assertion-issuer.ts"
import { type Client, CLIENT_FIELDS, readClient } from "./client.ts"
import { checkIds, type CheckedConnection, CONNECTION_FIELDS, readConnection } from "./connection.ts"
import { checkCallers } from "./delegation.ts"
import { type DeviceFlow, readDeviceFlow } from "./device-flow.ts"
import { checkKey, type JsonWebKeySet, readKeySet } from "./key.ts"
import { Section } from "./section.ts"

/** The validated configuration. */
export interface CheckedConfig {
  readonly issuer: string | undefined
  readonly jwks: JsonWebKeySet | undefined
  readonly clients: ReadonlyMap<string, Client>
  readonly apis: ReadonlyMap<string, Api>
  readonly connections: ReadonlyArray<CheckedConnection>
  readonly defaultConnection: string | undefined
  readonly assertionIssuers: ReadonlyMap<string, AssertionIssuer>
  readonly maxDelegationDepth: number
  readonly dpopNonces: boolean
  readonly acrValues: ReadonlyArray<string>
  readonly deviceFlow: DeviceFlow
}

const FIELDS = [
  "issuer",
  "jwks",
  "clients",
  "apis",
  "connections",
  "defaultConnection",
  "trustedAssertionIssuers",
  "maxDelegationDepth",
  "dpopNonces",
  "acrValues",
  "deviceFlow",
]

/** Validates a configuration from a file or a caller; throws {@link IssuerConfigError} naming the field. */
export const checkConfig = (value: unknown): CheckedConfig => {
  const config = new Section("", value, FIELDS)
  const clients = config.sections("clients", CLIENT_FIELDS)
  if (clients.length === 0) config.fail("clients", "is missing; list at least one client")
  const apis = config.sections("apis", API_FIELDS)
  const connections = config.sections("connections", CONNECTION_FIELDS)
  const checked = {
    issuer: readIssuer(config),
    jwks: readSigningKeys(config),
    clients: byName({ sections: clients, name: "id", read: readClient }),
    apis: byName({ sections: apis, name: "audience", read: readApi }),
    connections: [...byName({ sections: connections, name: "name", read: readConnection }).values()],
    defaultConnection: readDefaultConnection(config, connections),
    assertionIssuers: byName({
      sections: config.sections("trustedAssertionIssuers", ASSERTION_ISSUER_FIELDS),
      name: "issuer",
      read: readAssertionIssuer,
    }),
    maxDelegationDepth: config.count("maxDelegationDepth", 4),
    dpopNonces: config.flag("dpopNonces"),
    acrValues: readAcrValues(config),
    deviceFlow: readDeviceFlow(config),
  }
  checkReferences(checked, { clients, apis })
  checkIds(connections)
  return checked
}

interface Sections {
  readonly clients: ReadonlyArray<Section>
  readonly apis: ReadonlyArray<Section>
}

const checkReferences = (config: CheckedConfig, { clients, apis }: Sections): void => {
  const ids = new Set(config.clients.keys())
  for (const section of [...clients, ...apis]) checkCallers(section, ids)
  for (const section of apis) {
    if (ids.has(section.text("audience"))) section.fail("audience", "is the id of a client too; a target must be one")
  }
  for (const section of clients) {
    const api = section.optionalText("api")
    if (api !== undefined && !config.apis.has(api)) section.fail("api", "is not the audience of one of the apis")
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
    const at = `jwks.keys[${index}]`
    if (typeof key["d"] !== "string") config.fail(at, "must be a private key, the issuer signs with it")
    checkKey(config, at, key)
  }
  const rs256 = jwks.keys.some((key) => key.kty === "RSA" && (key.alg ?? "RS256") === "RS256")
  return rs256 ? jwks : config.fail("jwks", "must have an RSA key for RS256")
}

const readAcrValues = (config: Section): ReadonlyArray<string> => {
  const values = config.texts("acrValues")
  for (const [index, value] of values.entries()) {
    if (/\s/.test(value)) config.fail(`acrValues[${index}]`, "must be one value, without white space")
  }
  return values.length === 0 ? ["pwd"] : values
}

const readDefaultConnection = (config: Section, connections: ReadonlyArray<Section>): string | undefined => {
  const names = connections.map((connection) => connection.text("name"))
  const name = config.optionalText("defaultConnection")
  if (name === undefined) return names.length === 1 ? names[0] : undefined
  if (names.includes(name)) return name
  return config.fail("defaultConnection", `is not one of the connections (${names.join(", ") || "there are none"})`)
}
