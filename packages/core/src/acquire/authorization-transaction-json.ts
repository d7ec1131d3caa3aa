import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Invalid } from "../model/invalid.ts"
import { isJsonObject, type JsonObject, parseJsonObject } from "../model/json.ts"
import { parseTarget, type Target, type TargetInput } from "../model/target.ts"
import type { AuthorizationTransaction } from "./authorization-transaction.ts"

/** A transaction as text for a store. The text is a secret. */
export const encodeTransaction = ({ state, nonce, verifier, ...plain }: AuthorizationTransaction): string =>
  JSON.stringify({
    version,
    ...plain,
    state: Redacted.value(state),
    nonce: Redacted.value(nonce),
    verifier: verifier && Redacted.value(verifier),
  })

/** The inverse of `encodeTransaction`; anything else, another version included, is told from it and refused. */
export const decodeTransaction = (text: string): Result.Result<AuthorizationTransaction, Invalid> =>
  Result.flatMap(parseJsonObject(text), (json) => {
    const wrong = Object.entries(members).find(([member, valid]) => !valid(json[member]))
    if (wrong !== undefined) return Result.fail({ field: wrong[0], problem: "is not as written" })
    return Result.map(targetOf(json["target"]), (target) => revive(json, target))
  })

const version = 1

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""
const isTime = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const isList = (value: unknown): value is ReadonlyArray<string> => Array.isArray(value) && value.every(isText)
const isOneOf = (values: ReadonlyArray<string>) => (value: unknown) => values.includes(String(value)) && isText(value)

const members: Readonly<Record<string, (value: unknown) => boolean>> = {
  version: (value) => value === version,
  id: isText,
  issuer: isText,
  clientId: isText,
  redirectUri: isText,
  responseType: isOneOf(["code", "id_token", "id_token token"]),
  responseMode: isOneOf(["form_post", "fragment", "query"]),
  target: isJsonObject,
  state: isText,
  nonce: isText,
  verifier: (value) => value === undefined || isText(value),
  jkt: (value) => value === undefined || isText(value),
  maxAge: (value) => value === undefined || isTime(value),
  acrValues: isList,
  startedAt: isTime,
  expiresAt: isTime,
}

const targetOf = (json: unknown): Result.Result<Target, Invalid> => {
  const { audiences = [], resources = [], scopes = [], organization } = json as Readonly<Record<string, unknown>>
  const lists = [audiences, resources, scopes].every(isList)
  if (!lists || (organization !== undefined && !isText(organization))) {
    return Result.fail({ field: "target", problem: "is not as written" })
  }
  return parseTarget({ audience: audiences, resource: resources, scope: scopes, organization } as TargetInput)
}

const revive = (json: JsonObject, target: Target): AuthorizationTransaction => {
  const { id, issuer, clientId, redirectUri, responseType, responseMode, ...rest } = json as unknown as Encoded
  return {
    id,
    issuer,
    clientId,
    redirectUri,
    responseType,
    responseMode,
    target,
    state: Redacted.make(rest.state),
    nonce: Redacted.make(rest.nonce),
    ...(rest.verifier !== undefined && { verifier: Redacted.make(rest.verifier) }),
    ...(rest.jkt !== undefined && { jkt: rest.jkt }),
    ...(rest.maxAge !== undefined && { maxAge: rest.maxAge }),
    acrValues: rest.acrValues,
    startedAt: rest.startedAt,
    expiresAt: rest.expiresAt,
  }
}

type Secrets = "nonce" | "state" | "verifier"
type Encoded = Omit<AuthorizationTransaction, Secrets> & {
  readonly state: string
  readonly nonce: string
  readonly verifier?: string
}
