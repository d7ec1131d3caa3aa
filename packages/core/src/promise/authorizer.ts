import type { Claims } from "../model/claims.ts"
import type { Later } from "../model/later.ts"
import { type Authorizer, makeAuthorizer } from "../verify/authorize.ts"
import type { AuthorizeOptions } from "../verify/authorize-options.ts"
import { networkLayer, type NetworkOptions } from "./network.ts"
import { makeRunner } from "./runner.ts"

/**
 * The authorizer of an adapter. Wrong options throw a `BearerError` here; nothing is requested before the first token. An
 * API goes by its own clock, not by what issuers say.
 */
export const startAuthorizer = <C = Claims>(
  options: AuthorizeOptions<C>,
  network: NetworkOptions = {},
): Later<Authorizer<C>> =>
  makeRunner(networkLayer({ ...network, now: network.now ?? Date.now })).start(makeAuthorizer<C>(options))
