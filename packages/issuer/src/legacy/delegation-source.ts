import type { Client } from "../config/client.ts"
import type { Account } from "../connection/connection.ts"
import type { Context } from "../context.ts"
import { DelegationRefused } from "../delegation/refused.ts"
import { DELEGATION } from "../grant/grant-type.ts"
import type { DelegationRequest } from "./delegation-request.ts"
import { attributesOf, readLegacyIdToken } from "./id-token.ts"

/** The subject of a delegation, and the claims that the new token may have. */
export interface DelegationSource {
  readonly subject: string
  /** The scope of the new token. */
  readonly scopes: ReadonlySet<string>
  readonly attributes: (account: Account) => Record<string, unknown>
  /** Who delegated the ID token before, the latest caller first. */
  readonly actors: ReadonlyArray<string>
}

/** The person behind the ID token or the refresh token of a request; both must belong to the caller. */
export const sourceOf = (context: Context, caller: Client, asked: DelegationRequest): Promise<DelegationSource> =>
  "idToken" in asked.source
    ? byIdToken(context, caller, { idToken: asked.source.idToken, scopes: asked.scopes })
    : byRefreshToken(context, caller, { refreshToken: asked.source.refreshToken, scopes: asked.scopes })

interface IdTokenSource {
  readonly idToken: string
  readonly scopes: ReadonlySet<string>
}

// HS256 with the caller's secret and nothing else: a client of the old kind never gets an ID token of another kind.
const byIdToken = async (context: Context, caller: Client, asked: IdTokenSource): Promise<DelegationSource> => {
  const claims = await readLegacyIdToken(context, caller, asked.idToken)
  if (claims === undefined) throw invalid("the id_token is not a valid one of this client, or has expired")
  const { scopes } = asked
  return {
    subject: claims.sub,
    scopes,
    actors: context.legacyChains.actorsOf(claims),
    attributes: (account) => ({
      ...(scopes.has(PASSTHROUGH) ? attributesIn(claims) : {}),
      ...attributesOf(account, scopes),
    }),
  }
}

interface RefreshTokenSource {
  readonly refreshToken: string
  readonly scopes: ReadonlySet<string>
}

// The scope of the login is the most that comes out (RFC 6749 §6), and what comes out if none is asked for.
const byRefreshToken = async (
  context: Context,
  caller: Client,
  asked: RefreshTokenSource,
): Promise<DelegationSource> => {
  const stored = context.refreshTokens.find(asked.refreshToken)
  const own = stored?.clientId === caller.id ? stored : undefined
  const outcome = own === undefined ? "invalid_grant" : "ok"
  context.usage.addRefresh({ client: caller.id, token: asked.refreshToken, grant: DELEGATION, outcome })
  if (own === undefined) throw invalid("the refresh_token is not a valid one of this client, or is revoked")
  const whole = asked.scopes.size === 0 || asked.scopes.has(PASSTHROUGH)
  const scopes = whole ? own.scopes : new Set([...asked.scopes].filter((scope) => own.scopes.has(scope)))
  return { subject: own.sub, scopes, actors: [], attributes: (account) => attributesOf(account, scopes) }
}

const PASSTHROUGH = "passthrough"

const invalid = (description: string): DelegationRefused => new DelegationRefused("bad_subject_token", description)

/** Claims that say something about the token or the login, not about the person. */
const NOT_ATTRIBUTES = new Set(
  "iss sub aud exp nbf iat jti azp nonce sid at_hash c_hash s_hash auth_time acr amr act may_act cnf scope client_id".split(
    " ",
  ),
)

// Custom claims with a namespace never came through.
const attributesIn = (claims: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => !NOT_ATTRIBUTES.has(name) && !name.includes("://")))
