import type { IncomingMessage } from "node:http"

import type { Client } from "../config/client.ts"
import type { Context } from "../context.ts"
import { assertMayAct, mayActOf } from "../delegation/actor.ts"
import { assertDepth } from "../delegation/chain.ts"
import { personOf } from "../delegation/person.ts"
import { assertAllowed } from "../delegation/policy.ts"
import { DelegationRefused, type RefusalReason } from "../delegation/refused.ts"
import { DELEGATION } from "../grant/grant-type.ts"
import type { Answer } from "../http/answer.ts"
import { readParameters } from "../http/body.ts"
import { rateHeaders } from "../http/rate-headers.ts"
import { remoteAddress } from "../http/remote-address.ts"
import { makeRateLimiter, type RateLimiter } from "../protection/rate-limit.ts"
import { isSecretOf } from "./client-secret.ts"
import { type DelegationRequest, readDelegation } from "./delegation-request.ts"
import { type DelegationSource, sourceOf } from "./delegation-source.ts"
import { targetOf } from "./delegation-target.ts"
import { signHs256 } from "./id-token.ts"
import { LegacyError, toAnswer, usePost } from "./legacy-error.ts"

/** `POST /delegation`: a client's ID token or refresh token for an ID token of another client or API. */
export const makeDelegation = (context: Context) => {
  const limiter = makeRateLimiter(context.now, { burst: 10, perMinute: 10 })

  return async (request: IncomingMessage): Promise<Answer> => {
    if (request.method !== "POST") return usePost("a token")
    context.usage.addGrant(DELEGATION)
    const attempt: Attempt = { context, limiter, request, headers: {}, seen: { client: "" } }
    try {
      const parameters = await readParameters(request)
      context.secrets.add(...["id_token", "refresh_token", "client_secret"].map((name) => parameters.get(name)))
      attempt.seen.client = parameters.get("client_id") ?? ""
      attempt.seen.target = parameters.get("target") ?? attempt.seen.client
      const body = await answer(attempt, readDelegation(parameters))
      context.secrets.add(body.id_token)
      return { status: 200, body, headers: attempt.headers }
    } catch (error) {
      const refusal = toAnswer(recorded(attempt, error))
      // The old text for too many requests is in message (ours has error as well).
      const body = refusal.status === 429 ? { ...refusal.body, message: TOO_MANY } : refusal.body
      return { ...refusal, body, headers: attempt.headers }
    }
  }
}

interface Attempt {
  readonly context: Context
  readonly limiter: RateLimiter
  readonly request: IncomingMessage
  readonly headers: Record<string, string>
  /** The delegation as far as known, for the record of refusals. */
  readonly seen: { client: string; target?: string; subject?: string }
}

const answer = async (attempt: Attempt, asked: DelegationRequest) => {
  const { context, seen } = attempt
  const caller = callerOf(context, asked)
  const source = await sourceOf(context, caller, asked)
  seen.subject = source.subject
  takeOne(attempt, { caller, asked, source })
  const target = targetOf(context.config, asked.target)
  // Renewing its own token is not delegation: no list and no may_act applies, and the chain stays as it is.
  const renewal = target.id === caller.id
  if (!renewal) {
    assertAllowed(target, caller)
    assertMayAct(mayActOf(caller), { sub: caller.id, iss: context.issuer })
  }
  const actors = renewal ? source.actors : [caller.id, ...source.actors]
  assertDepth(context.config, actors.length)
  const account = await personOf(context, source.subject)
  if (account === undefined) throw new DelegationRefused("bad_subject_token", "the person of the token does not exist")
  const idToken = await signHs256(context, {
    client: caller.id,
    audience: target.id,
    key: target.key,
    lifetime: target.lifetime,
    subject: account.sub,
    attributes: { ...source.attributes(account), azp: actors[0] ?? caller.id },
    scopes: source.scopes,
    grant: DELEGATION,
    actors,
  })
  return { token_type: "Bearer", expires_in: target.lifetime, id_token: idToken }
}

const callerOf = ({ config }: Context, { clientId, clientSecret }: DelegationRequest): Client => {
  const client = config.clients.get(clientId)
  if (client === undefined || !isSecretOf(client, clientSecret)) {
    throw new DelegationRefused("unknown_caller", "invalid client")
  }
  if (client.grants.has(DELEGATION)) return client
  throw new DelegationRefused("grant_off", "the client may not use /delegation; its grants lack delegation")
}

interface Taking {
  readonly caller: Client
  readonly asked: DelegationRequest
  readonly source: DelegationSource
}

const takeOne = ({ context, limiter, request, headers }: Attempt, { caller, asked, source }: Taking): void => {
  const ip = remoteAddress(request, caller.forwardedFor && asked.clientSecret !== undefined)
  const { allowed, ...rate } = limiter.take(JSON.stringify([ip, source.subject]))
  Object.assign(headers, rateHeaders(rate))
  if (allowed) return
  headers["retry-after"] = String(Math.max(1, rate.reset - Math.floor(context.now() / 1000)))
  throw new DelegationRefused("too_many_requests", TOO_MANY)
}

const TOO_MANY = "Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers."

/** The refusal as an error of the old endpoints, once it is recorded. */
const recorded = ({ context, seen }: Attempt, error: unknown): unknown => {
  if (error instanceof LegacyError) context.refusals.add({ ...seen, reason: "bad_request", grant: DELEGATION })
  if (!(error instanceof DelegationRefused)) return error
  context.refusals.add({ ...seen, reason: error.reason, grant: DELEGATION })
  const [status, code] = ERRORS[error.reason] ?? INVALID_REQUEST
  return new LegacyError(status, code, error.message)
}

const INVALID_REQUEST = [400, "invalid_request"] as const

const ERRORS: Readonly<Partial<Record<RefusalReason, readonly [status: number, error: string]>>> = {
  bad_subject_token: [401, "invalid_grant"],
  person_blocked: [401, "unauthorized"],
  unknown_caller: [403, "unauthorized_client"],
  grant_off: [403, "unauthorized_client"],
  caller_not_allowed: [403, "unauthorized_client"],
  actor_not_allowed: [403, "unauthorized_client"],
  too_many_requests: [429, "too_many_requests"],
}
