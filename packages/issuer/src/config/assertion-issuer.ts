import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from "jose"

import { readPublicKeys } from "./key.ts"
import type { Section } from "./section.ts"

/** Another issuer whose assertions are accepted, and its keys. */
export interface AssertionIssuer {
  readonly issuer: string
  readonly keys: JWTVerifyGetKey
  readonly subjects: ReadonlySet<string> | undefined
  readonly reusable: boolean
}

export const ASSERTION_ISSUER_FIELDS = ["issuer", "jwksUri", "jwks", "publicKey", "subjects", "reusable"]

export const readAssertionIssuer = (section: Section): AssertionIssuer => ({
  issuer: section.text("issuer"),
  keys: readKeys(section),
  subjects: section.optional("subjects") === undefined ? undefined : new Set(section.texts("subjects")),
  reusable: section.flag("reusable"),
})

const readKeys = (section: Section): JWTVerifyGetKey => {
  const uri = section.optionalText("jwksUri")
  const jwks = readPublicKeys(section)
  if (uri === undefined) return createLocalJWKSet(toJose(jwks ?? section.fail("jwks", MISSING)))
  if (jwks !== undefined) section.fail("jwksUri", "give jwksUri, jwks or publicKey, one of them")
  const url = URL.parse(uri)
  if (url === null || !(url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.has(url.hostname)))) {
    return section.fail("jwksUri", "must be https, or http at this machine")
  }
  return createRemoteJWKSet(url, { timeoutDuration: 5000 })
}

const MISSING = "is missing; give jwksUri, jwks or publicKey"

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"])

const toJose = (jwks: object): JSONWebKeySet => structuredClone(jwks) as JSONWebKeySet
