import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Claims } from "../model/claims.ts"
import type { MaybePromise } from "../model/maybe-promise.ts"
import { VerifyError } from "../errors/verify-error.ts"
import { checkUrl } from "../http/url.ts"
import { type Authorizer, makeAuthorizer } from "../verify/authorize.ts"
import type { AuthorizeOptions } from "../verify/authorize-options.ts"
import { type NetworkChoice, networkContext } from "./network-context.ts"
import { startWith } from "./start.ts"

/**
 * The authorizer of an adapter. Invalid options throw a `BearerError` here; nothing is requested before the first
 * token. An API uses its own clock, uncorrected by issuers.
 */
export const startAuthorizer = <C = Claims>(
  options: AuthorizeOptions<C>,
  network: NetworkChoice,
): MaybePromise<Authorizer<C>> =>
  startWith(Context.empty())(
    Effect.flatMap(networkContext(network), (context) => {
      const { issuer, keys } = options
      // an issuer without configured keys is asked for them
      const isAsked = issuer !== undefined && keys === undefined && network.metadata === undefined
      const wrong = isAsked ? checkUrl(issuer, network.allowInsecureRequests === true) : undefined
      return wrong === undefined
        ? Effect.provideContext(makeAuthorizer<C>(options), context)
        : Effect.fail(new VerifyError({ reason: { ...wrong, _tag: "InvalidOptions", field: "issuer" } }))
    }),
  )
