import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { unverifiedClaims } from "../jws/unverified-claims.ts"
import { splitScopes } from "../model/claims.ts"
import { type Invalid, invalid } from "../model/invalid.ts"
import { isJsonObject, type JsonObject, own } from "../model/json.ts"
import { isTokenText } from "../protocol/token-text.ts"

type Secret = Redacted.Redacted<string>

/**
 * The credentials of `/delegation` for each `api_type` but `app`. Times are epoch milliseconds, absent if the answer
 * has none.
 */
export interface DelegationCredentials {
  readonly aws: AwsCredentials
  readonly azure_blob: SharedAccessSignature
  readonly azure_sb: SharedAccessSignature
  readonly firebase: { readonly idToken: Secret; readonly expiresAt?: number }
  /** Undocumented: the whole answer. */
  readonly layer: Redacted.Redacted<JsonObject>
  readonly salesforce_api: SalesforceCredentials
  readonly salesforce_sandbox_api: SalesforceCredentials
  readonly sap_api: SapCredentials
  /** Undocumented: the whole answer. */
  readonly wams: Redacted.Redacted<JsonObject>
}

export type DelegationApiType = keyof DelegationCredentials

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly sessionToken: Secret
  readonly expiresAt: number
  readonly assumedRoleArn?: string
}

export interface SharedAccessSignature {
  readonly signature: Secret
  readonly expiresAt?: number
}

export interface SalesforceCredentials {
  readonly accessToken: Secret
  /** The URL of the API. */
  readonly instanceUrl: string
  readonly scopes: ReadonlyArray<string>
}

export interface SapCredentials {
  readonly accessToken: Secret
  readonly expiresAt: number
  readonly scopes: ReadonlyArray<string>
}

/** Parses an answer by its `api_type`. A failure shows nothing of it. */
export const parseDelegationCredentials = <ApiType extends DelegationApiType>(
  apiType: ApiType,
  json: JsonObject,
  receivedAt: number,
): Result.Result<DelegationCredentials[ApiType], Invalid> =>
  Object.hasOwn(parsers, apiType)
    ? parsers[apiType](json, receivedAt)
    : invalid("api_type", "is none whose answer is known")

type Parser<A> = (json: JsonObject, receivedAt: number) => Result.Result<A, Invalid>

const aws: Parser<AwsCredentials> = (json) => {
  const credentials = own(json, "Credentials")
  if (!isJsonObject(credentials)) return invalid("Credentials", "is missing")
  const role = own(json, "AssumedRoleUser")
  const arn = isJsonObject(role) ? own(role, "Arn") : undefined
  const expiresAt = timeOf(own(credentials, "Expiration"))
  if (expiresAt === undefined) return invalid("Credentials.Expiration", "is not a time")
  return Result.gen(function* () {
    return {
      accessKeyId: yield* text(credentials, "AccessKeyId"),
      secretAccessKey: Redacted.make(yield* text(credentials, "SecretAccessKey")),
      sessionToken: Redacted.make(yield* text(credentials, "SessionToken")),
      expiresAt,
      ...(typeof arn === "string" && { assumedRoleArn: arn }),
    }
  })
}

/** `se` is the expiry: epoch seconds for the service bus, ISO 8601 for blobs. */
const signatureIn =
  (member: string, prefix: string): Parser<SharedAccessSignature> =>
  (json) => {
    const value = own(json, member)
    if (typeof value !== "string" || !value.startsWith(prefix))
      return invalid(member, "is not a shared access signature")
    const params = new URLSearchParams(value.slice(prefix.length))
    if (!params.has("sig") || /[\r\n]/.test(value)) return invalid(member, "is not a shared access signature")
    const se = params.get("se") ?? undefined
    const expiresAt = timeOf(se !== undefined && /^\d{1,12}$/.test(se) ? Number(se) : se)
    return Result.succeed({ signature: Redacted.make(value), ...(expiresAt !== undefined && { expiresAt }) })
  }

const salesforce: Parser<SalesforceCredentials> = (json) => {
  const instanceUrl = own(json, "instance_url")
  if (typeof instanceUrl !== "string" || !URL.canParse(instanceUrl) || !instanceUrl.startsWith("https://")) {
    return invalid("instance_url", "is not an https URL")
  }
  return Result.map(bearer(json), (token) => ({ ...token, instanceUrl }))
}

const sap: Parser<SapCredentials> = (json, receivedAt) => {
  const seconds = own(json, "expires_in")
  const known = (typeof seconds === "string" && /^\d{1,9}$/.test(seconds)) || isSeconds(seconds)
  if (!known) return invalid("expires_in", "is not a number of seconds")
  return Result.map(bearer(json), (token) => ({ ...token, expiresAt: receivedAt + Number(seconds) * 1000 }))
}

const firebase: Parser<DelegationCredentials["firebase"]> = (json) =>
  Result.flatMap(text(json, "id_token"), (token) => {
    const claims = unverifiedClaims(token)
    if (Result.isFailure(claims)) return invalid("id_token", `is no JWT: it ${claims.failure}`)
    const { exp } = claims.success
    return Result.succeed({ idToken: Redacted.make(token), ...(exp !== undefined && { expiresAt: exp * 1000 }) })
  })

const untyped: Parser<Redacted.Redacted<JsonObject>> = (json) => Result.succeed(Redacted.make(json))

const parsers: { readonly [ApiType in DelegationApiType]: Parser<DelegationCredentials[ApiType]> } = {
  aws,
  azure_blob: /*#__PURE__*/ signatureIn("azure_blob_sas", ""),
  azure_sb: /*#__PURE__*/ signatureIn("azure_sb_sas", "SharedAccessSignature "),
  firebase,
  layer: untyped,
  salesforce_api: salesforce,
  salesforce_sandbox_api: salesforce,
  sap_api: sap,
  wams: untyped,
}

const bearer = (json: JsonObject): Result.Result<Pick<SapCredentials, "accessToken" | "scopes">, Invalid> => {
  const type = own(json, "token_type")
  if (typeof type !== "string" || type.toLowerCase() !== "bearer") return invalid("token_type", "is not Bearer")
  const scope = own(json, "scope") ?? ""
  if (typeof scope !== "string") return invalid("scope", "is not text")
  return Result.map(text(json, "access_token"), (token) => ({
    accessToken: Redacted.make(token),
    scopes: splitScopes(scope),
  }))
}

const text = (json: JsonObject, member: string): Result.Result<string, Invalid> => {
  const value = own(json, member)
  return isTokenText(value) ? Result.succeed(value) : invalid(member, "is missing or no visible text")
}

const isSeconds = (value: unknown): boolean => typeof value === "number" && value >= 0 && value < 1e9

/** Epoch seconds or ISO 8601. */
const timeOf = (value: unknown): number | undefined => {
  if (typeof value === "number") return value > 0 && value < 1e11 ? value * 1000 : undefined
  const time = typeof value === "string" && /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}
