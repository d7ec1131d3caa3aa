import { adapterLaws } from "../../core/test/laws/adapter.ts"
import { clientCredentials, clientSecretBasic, createClient } from "../src/index.ts"

adapterLaws("@bearerkit/node", ({ issuer, clientId, clientSecret, fetch, apis, target }) => {
  const client = createClient({
    issuer,
    clientId,
    clientAuth: clientSecretBasic(clientSecret),
    flow: clientCredentials(),
    fetch,
    apis,
  })
  return {
    token: (options) => client.token(target, options),
    fetch: client.fetch,
    close: client.close,
    printable: client,
  }
})
