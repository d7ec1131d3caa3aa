import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Invalid } from "./invalid.ts"
import { type JsonObject, parseJsonObject } from "./json.ts"
import type { TokenSet } from "./token-set.ts"

/** A token set as text for a store. The text is a secret. */
export const encodeTokenSet = (set: TokenSet): string =>
  JSON.stringify({
    version,
    accessToken: Redacted.value(set.accessToken),
    tokenType: set.tokenType,
    receivedAt: set.receivedAt,
    expiresAt: set.expiresAt,
    scopes: set.scopes,
    presented: set.presented,
    idToken: set.idToken && Redacted.value(set.idToken),
    refreshToken: set.refreshToken && Redacted.value(set.refreshToken),
    issuedTokenType: set.issuedTokenType,
  })

/** The inverse of `encodeTokenSet`; anything else, another version included, is told from it and refused. */
export const decodeTokenSet = (text: string): Result.Result<TokenSet, Invalid> =>
  Result.flatMap(parseJsonObject(text), (json) => {
    const wrong = Object.entries(members).find(([member, valid]) => !valid(json[member]))
    return wrong === undefined
      ? Result.succeed(revive(json))
      : Result.fail({ field: wrong[0], problem: "is not as written" })
  })

const version = 1

const isTime = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const isText = (value: unknown): value is string => typeof value === "string" && value !== ""
const isOptionalText = (value: unknown): boolean => value === undefined || isText(value)

const members: Readonly<Record<string, (value: unknown) => boolean>> = {
  version: (value) => value === version,
  accessToken: isText,
  tokenType: (value) => value === "Bearer" || value === "DPoP" || value === "N_A",
  receivedAt: isTime,
  expiresAt: isTime,
  scopes: (value) => Array.isArray(value) && value.every(isText),
  presented: (value) => value === "access_token" || value === "id_token",
  idToken: isOptionalText,
  refreshToken: isOptionalText,
  issuedTokenType: isOptionalText,
}

const revive = (json: JsonObject): TokenSet => {
  const { accessToken, idToken, refreshToken, issuedTokenType, ...rest } = json as unknown as Encoded
  return {
    tokenType: rest.tokenType,
    receivedAt: rest.receivedAt,
    expiresAt: rest.expiresAt,
    scopes: rest.scopes,
    presented: rest.presented,
    accessToken: Redacted.make(accessToken),
    ...(idToken !== undefined && { idToken: Redacted.make(idToken) }),
    ...(refreshToken !== undefined && { refreshToken: Redacted.make(refreshToken) }),
    ...(issuedTokenType !== undefined && { issuedTokenType }),
  }
}

type Encoded = Pick<TokenSet, "tokenType" | "receivedAt" | "expiresAt" | "scopes" | "presented" | "issuedTokenType"> & {
  readonly accessToken: string
  readonly idToken?: string
  readonly refreshToken?: string
}
