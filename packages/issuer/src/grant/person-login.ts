import type { TokenEndpointGrantContext } from "oidc-provider"
import { errors } from "oidc-provider"

import type { Account, Connection } from "../connection/connection.ts"
import type { Context } from "../context.ts"
import { rateHeaders } from "../http/rate-headers.ts"
import { remoteAddress } from "../http/remote-address.ts"
import { isFailure } from "../protection/login.ts"
import { readProof } from "../provider/dpop.ts"
import { toTokenError } from "../provider/login-refused.ts"

/** Checks `username` and `password` of a token request; counted together with every other login. */
export const loginPerson = async (
  context: Context,
  ctx: TokenEndpointGrantContext,
  connection: Connection,
): Promise<Account> => {
  const username = requiredText(ctx, "username")
  const password = requiredText(ctx, "password")
  // Before the password is tried: the demand for a nonce must not cost a login.
  await readProof(ctx)
  if (connection.disabled) throw new errors.InvalidRequest("the connection was disabled")
  const client = context.config.clients.get(ctx.oidc.client.clientId)
  const ip = remoteAddress(ctx.req, client?.forwardedFor === true && client.auth !== "none")
  const { rate, outcome } = await context.login({ connection, username, password, ip })
  ctx.set(rateHeaders(rate, isFailure(outcome) ? outcome : undefined))
  if (isFailure(outcome)) throw toTokenError(outcome)
  return outcome
}

export const requiredText = (ctx: TokenEndpointGrantContext, name: string): string => {
  const value = ctx.oidc.params[name]
  if (typeof value === "string" && value !== "") return value
  throw new errors.InvalidRequest(`missing required parameter ${name}`)
}
