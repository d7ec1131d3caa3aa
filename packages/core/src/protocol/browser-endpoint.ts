import * as Effect from "effect/Effect"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { checkUrl } from "../http/url.ts"

/**
 * Validates an endpoint that a browser opens, where a `javascript:` URL would be run; it must be as secure as the
 * issuer.
 */
export const browserEndpoint = (name: string, url: string, issuer: string): Effect.Effect<URL, AcquireError> => {
  const problem = checkUrl(url, issuer.startsWith("http:"))
  return problem === undefined
    ? Effect.succeed(new URL(url))
    : Effect.fail(invalidOptions(name, problem.problem, "Correct the issuer's metadata."))
}
