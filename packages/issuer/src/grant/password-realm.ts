import type Provider from "oidc-provider"
import { errors } from "oidc-provider"

import type { Context } from "../context.ts"
import { PASSWORD_REALM } from "./grant-type.ts"
import { loginPerson, requiredText } from "./person-login.ts"
import { issuePersonTokens } from "./person-tokens.ts"

/** The password grant with the parameter `realm`, which names the connection. */
export const registerPasswordRealm = (provider: Provider, context: Context): void => {
  provider.registerGrantType(
    PASSWORD_REALM,
    async (ctx) => {
      const connection = context.directory.get(requiredText(ctx, "realm"))
      if (connection === undefined) throw new errors.InvalidRequest("unknown realm: no connection has this name")
      await issuePersonTokens(context, { ctx, account: await loginPerson(context, ctx, connection) })
    },
    ["realm", "username", "password", "scope", "resource", "audience"],
  )
}
