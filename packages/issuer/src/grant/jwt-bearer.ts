import type { TokenEndpointGrantContext } from "oidc-provider"
import type Provider from "oidc-provider"
import { errors } from "oidc-provider"

import type { Context } from "../context.ts"
import { personOf } from "../delegation/person.ts"
import { DelegationRefused } from "../delegation/refused.ts"
import { readProof } from "../provider/dpop.ts"
import { assertScopeLeft } from "../provider/ignored-scope.ts"
import { orUnavailable } from "../provider/login-refused.ts"
import { type Assertion, AssertionError, verifyAssertion } from "./assertion.ts"
import { JWT_BEARER, ON_BEHALF_OF } from "./grant-type.ts"
import { exchangeOnBehalfOf } from "./on-behalf-of.ts"
import { requiredText } from "./person-login.ts"
import { targetOf } from "./person-tokens.ts"

/** The JWT bearer grant (RFC 7523 §2.1): a signed assertion for an access token. */
export const registerJwtBearer = (provider: Provider, context: Context): void => {
  provider.registerGrantType(
    JWT_BEARER,
    async (ctx) => {
      const { requested_token_use: use = "" } = ctx.oidc.params
      if (use === ON_BEHALF_OF) return exchangeOnBehalfOf(context, ctx)
      if (use !== "") throw new errors.InvalidRequest(`requested_token_use can only be ${ON_BEHALF_OF}`)
      const { subject, issuer, jti, expires } = await readAssertion(context, ctx)
      await assertActive(context, subject)
      const target = targetOf(context, ctx)
      assertScopeLeft(context, ctx, target.scope)
      const proof = await readProof(ctx)
      if (jti !== undefined && !(await provider.ReplayDetection.unique(issuer, jti, expires))) {
        throw new errors.InvalidGrant({ detail: "assertion: its jti was used before" })
      }
      const { client } = ctx.oidc
      const token = new provider.AccessToken({
        client,
        accountId: subject,
        grantId: "",
        gty: JWT_BEARER,
        scope: target.scope,
      })
      if (target.server !== undefined) token.resourceServer = target.server
      await proof?.bind(token)
      ctx.body = {
        access_token: await token.save(),
        token_type: token.tokenType,
        expires_in: token.expiration,
        ...(target.scope === "" ? {} : { scope: target.scope }),
      }
    },
    ["assertion", "requested_token_use", "scope", "resource", "audience"],
  )
}

/** Refuses a person of a connection who is blocked or gone; a client or a workload is no person. */
const assertActive = async (context: Context, subject: string): Promise<void> => {
  try {
    await orUnavailable(personOf(context, subject))
  } catch (error) {
    if (error instanceof DelegationRefused) throw new errors.InvalidGrant({ detail: `assertion: ${error.message}` })
    throw error
  }
}

const readAssertion = async (context: Context, ctx: TokenEndpointGrantContext): Promise<Assertion> => {
  const assertion = requiredText(ctx, "assertion")
  const audiences = [context.issuer, ctx.oidc.urlFor("token")]
  try {
    return await verifyAssertion(context, assertion, { audiences, clientId: ctx.oidc.client.clientId })
  } catch (error) {
    if (error instanceof AssertionError) throw new errors.InvalidGrant({ detail: `assertion: ${error.message}` })
    throw error
  }
}
