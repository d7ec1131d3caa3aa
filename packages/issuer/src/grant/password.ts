import type Provider from "oidc-provider"
import { errors } from "oidc-provider"

import type { Context } from "../context.ts"
import { PASSWORD } from "./grant-type.ts"
import { loginPerson } from "./person-login.ts"
import { issuePersonTokens } from "./person-tokens.ts"

/** The resource owner password grant (RFC 6749 §4.3), at the default connection. */
export const registerPassword = (provider: Provider, context: Context): void => {
  provider.registerGrantType(
    PASSWORD,
    async (ctx) => {
      const { defaultConnection } = context.config
      const connection = defaultConnection === undefined ? undefined : context.directory.get(defaultConnection)
      if (connection === undefined) {
        throw new errors.InvalidRequest("there is no default connection; set defaultConnection or use password-realm")
      }
      await issuePersonTokens(context, { ctx, account: await loginPerson(context, ctx, connection) })
    },
    ["username", "password", "scope", "resource", "audience"],
  )
}
