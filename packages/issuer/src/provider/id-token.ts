import { Buffer } from "node:buffer"
import { randomUUID } from "node:crypto"

import type { Client as ProviderClient, IdToken as ProviderIdToken } from "oidc-provider"
import type Provider from "oidc-provider"

import type { Client } from "../config/client.ts"
import type { Context } from "../context.ts"
import { IMPLICIT } from "../grant/grant-type.ts"

type Issue = Parameters<ProviderIdToken["issue"]>[0]

/** Gives every ID token a `jti` and writes it to the audit. */
export const auditIdTokens = (provider: Provider, { audit }: Context): void => {
  class IdToken extends provider.IdToken {
    override async issue(options: Issue): Promise<string> {
      if (options.use !== "idtoken") return super.issue(options)
      const jti = randomUUID()
      this.set("jti", jti)
      const token = await super.issue(options)
      const { sub } = await this.payload()
      const grant = this.ctx.oidc.params?.["grant_type"] ?? IMPLICIT
      const client = this.client.clientId
      audit.add({ jti, client, subject: String(sub), audience: client, grant: String(grant), kind: "id_token" })
      return token
    }
  }
  Object.defineProperty(provider, "IdToken", { value: IdToken })
}

interface KeyStore {
  readonly clear: () => void
  readonly add: (key: object) => void
}

/** Signs with the decoded secret where the client was registered that way; oidc-provider uses its bytes as they are. */
export const useLegacyKey = (registered: ProviderClient, client: Client): void => {
  if (client.legacy?.decoded !== true) return
  const store = registered["symmetricKeyStore"] as KeyStore
  store.clear()
  store.add({ kty: "oct", alg: "HS256", use: "sig", k: Buffer.from(client.legacy.key).toString("base64url") })
}
