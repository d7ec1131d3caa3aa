import type { ServerMetadata } from "@bearerkit/core"
import { type Finding, findings } from "./finding.ts"

const { ok, warn, fail } = findings("metadata")

/** Whether the issuer's metadata has the endpoints that clients need, at valid URLs (RFC 8414 §2). */
export const checkMetadata = (metadata: ServerMetadata): ReadonlyArray<Finding> => {
  const wrong = [...endpoints(metadata), ...loginFeatures(metadata)]
  return wrong.length > 0 ? wrong : [ok("The metadata names every endpoint that is needed.")]
}

const endpoints = (metadata: ServerMetadata): ReadonlyArray<Finding> => {
  const missing = (["tokenEndpoint", "jwksUri"] as const).filter((name) => metadata[name] === undefined)
  const insecure = Object.entries(metadata).filter(
    ([name, value]) => /(Endpoint|jwksUri)$/.test(name) && typeof value === "string" && !isSafe(value),
  )
  return [
    ...missing.map((name) =>
      fail(`The metadata names no ${wireName(name)}.`, `Have the issuer publish ${wireName(name)} (RFC 8414 §2).`),
    ),
    ...insecure.map(([name]) =>
      fail(`${wireName(name)} is an http: address beyond this machine.`, "Have the issuer publish https addresses."),
    ),
  ]
}

const loginFeatures = (metadata: ServerMetadata): ReadonlyArray<Finding> => {
  const { authorizationEndpoint, codeChallengeMethodsSupported: methods, responseTypesSupported } = metadata
  if (authorizationEndpoint === undefined) return []
  return [
    ...(methods?.includes("S256") === true
      ? []
      : [
          warn(
            "The metadata does not say that PKCE with S256 is supported (code_challenge_methods_supported).",
            "Enable PKCE at the issuer: without it a code that is stolen can be used.",
          ),
        ]),
    ...(responseTypesSupported?.includes("code") === false
      ? [
          fail(
            "The issuer does not offer the authorization code flow (response_types_supported).",
            "Enable the response type code at the issuer.",
          ),
        ]
      : []),
  ]
}

const wireName = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const isSafe = (address: string): boolean => {
  const { protocol, hostname } = new URL(address)
  return protocol === "https:" || /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}
