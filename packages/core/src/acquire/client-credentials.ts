import { requestTokenSet } from "../protocol/token-endpoint.ts"
import type { Flow } from "./flow.ts"

/**
 * A service's own token: only the client authenticates.
 *
 * @see RFC 6749 §4.4
 */
export const clientCredentials = (): Flow => ({
  grant: "client_credentials",
  replay: "safe",
  discovers: true,
  identity: [],
  warnings: [],
  acquire: (client, target) => requestTokenSet(client, target, { params: [["grant_type", "client_credentials"]] }),
})
