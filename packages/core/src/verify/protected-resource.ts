import * as Result from "effect/Result"
import { checkUrl } from "../http/url.ts"
import type { Algorithm } from "../jws/algorithm.ts"
import type { Invalid } from "../model/invalid.ts"
import type { JsonObject } from "../model/json.ts"

/**
 * The metadata of an API, from which clients learn where to get its tokens.
 *
 * @see RFC 9728 §2
 */
export interface ProtectedResource {
  /** The API's identifier: its https URL without a fragment, exactly as clients know it. */
  readonly resource: string
  readonly authorizationServers?: ReadonlyArray<string> | undefined
  readonly jwksUri?: string | undefined
  readonly scopesSupported?: ReadonlyArray<string> | undefined
  readonly bearerMethodsSupported?: ReadonlyArray<"header" | "body" | "query"> | undefined
  readonly resourceSigningAlgValuesSupported?: ReadonlyArray<Algorithm> | undefined
  readonly resourceName?: string | undefined
  readonly resourceDocumentation?: string | undefined
  readonly resourcePolicyUri?: string | undefined
  readonly resourceTosUri?: string | undefined
  readonly tlsClientCertificateBoundAccessTokens?: boolean | undefined
  readonly authorizationDetailsTypesSupported?: ReadonlyArray<string> | undefined
  readonly dpopSigningAlgValuesSupported?: ReadonlyArray<Algorithm> | undefined
  readonly dpopBoundAccessTokensRequired?: boolean | undefined
  readonly signedMetadata?: string | undefined
}

/** The metadata as a JSON document, without empty lists. */
export const protectedResourceMetadata = (resource: ProtectedResource): Result.Result<JsonObject, Invalid> => {
  if (!isIdentifier(resource.resource))
    return Result.fail({ field: "resource", problem: "must be an https URL without fragment (RFC 9728 §1.2)" })
  const members = Object.entries(resource).filter(([, value]) => value !== undefined && !isEmpty(value))
  return Result.succeed(Object.fromEntries(members.map(([name, value]) => [snakeCase(name), value])))
}

/**
 * Where clients look for the metadata of an API: the well-known part comes before the path.
 *
 * @see RFC 9728 §3.1
 */
export const protectedResourceUrl = (resource: string): string => {
  const { origin, pathname, search } = new URL(resource)
  return `${origin}/.well-known/oauth-protected-resource${pathname === "/" ? "" : pathname}${search}`
}

const isIdentifier = (resource: unknown): boolean =>
  typeof resource === "string" && !resource.includes("#") && checkUrl(resource, false) === undefined

const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
