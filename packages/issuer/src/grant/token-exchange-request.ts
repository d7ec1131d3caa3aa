import type { TokenEndpointGrantContext } from "oidc-provider"

import type { TokenUse } from "../delegation/verify-issued.ts"
import { DelegationRefused } from "../delegation/refused.ts"

const PREFIX = "urn:ietf:params:oauth:token-type:"

/** A well-formed token exchange request (RFC 8693 §2.1). */
export interface ExchangeRequest {
  readonly subject: Presented
  readonly actor: Presented | undefined
  /** What `issued_token_type` will say. */
  readonly issuedType: string
  readonly resource: string
  readonly requested: ReadonlySet<string>
}

export interface Presented {
  readonly token: string
  readonly use: TokenUse
}

export const readExchange = (ctx: TokenEndpointGrantContext): ExchangeRequest => {
  const { params, requestParamScopes } = ctx.oidc
  const subject = presentedOf(params, "subject") ?? fail("missing required parameter subject_token")
  const actor = presentedOf(params, "actor")
  const issuedType = textOf(params["requested_token_type"]) ?? `${PREFIX}access_token`
  if (issuedType !== `${PREFIX}access_token` && issuedType !== `${PREFIX}jwt`) {
    fail("requested_token_type is not supported; ask for access_token or jwt (RFC 8693 §3)")
  }
  return { subject, actor, issuedType, resource: readTarget(params), requested: requestParamScopes }
}

type Params = TokenEndpointGrantContext["oidc"]["params"]

/** The one target of a delegation; `audience` was made a resource indicator before. */
export const readTarget = ({ resource }: Params): string => {
  if (Array.isArray(resource)) throw new DelegationRefused("unknown_target", "name one audience or resource only")
  return textOf(resource) ?? fail("missing target: give audience or resource")
}

const presentedOf = (params: Params, role: "subject" | "actor"): Presented | undefined => {
  const token = textOf(params[`${role}_token`])
  const type = textOf(params[`${role}_token_type`])
  if (token === undefined && type === undefined) return undefined
  if (token === undefined) return fail(`${role}_token_type is there, but no ${role}_token`)
  if (type === undefined) return fail(`missing required parameter ${role}_token_type`)
  const use = USES.find((known) => type === PREFIX + known)
  return { token, use: use ?? fail(`${role}_token_type is not supported; known are ${USES.join(", ")} (RFC 8693 §3)`) }
}

const USES = ["access_token", "id_token", "jwt"] as const

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

const fail = (description: string): never => {
  throw new DelegationRefused("bad_request", description)
}
