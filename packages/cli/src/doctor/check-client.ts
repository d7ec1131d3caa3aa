import { type AcquireError, type Discovery, type Http, refreshToken, securityToken } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type Finding, findings } from "./finding.ts"
import type { CheckContext } from "./check-context.ts"

const { ok, skip, warn, fail } = findings("client authentication")

/**
 * Whether the issuer knows this client and accepts its authentication: by a request that cannot succeed, so that
 * nothing is issued.
 */
export const checkClient = (context: CheckContext): Effect.Effect<ReadonlyArray<Finding>, never, Discovery | Http> =>
  Effect.gen(function* () {
    const { client, metadata, method } = context
    if (client === undefined) return [skip("Not checked.", "Pass --client-id, and its secret or key if it has one.")]
    if (metadata.tokenEndpoint === undefined) return [skip("Not checked: there is no token endpoint.", "See metadata.")]
    const nothing = yield* Effect.orDie(securityToken("bearerkit-doctor", { type: "refresh_token" }))
    const target = { audiences: [], resources: [], scopes: [], organization: undefined }
    const answer = yield* Effect.result(refreshToken(nothing).acquire(client, target))
    return [...offered(context), Result.isFailure(answer) ? judge(answer.failure, method) : ok(known(method))]
  })

/** An absent member means client_secret_basic (RFC 8414 §2). */
const offered = ({ metadata, method }: CheckContext): ReadonlyArray<Finding> => {
  const { tokenEndpointAuthMethodsSupported: methods = ["client_secret_basic"] } = metadata
  if (method === "none" || methods.includes(method)) return []
  return [
    warn(
      `The metadata does not offer ${method}.`,
      `Pass --client-auth with one of ${methods.slice(0, 10).join(", ")}.`,
    ),
  ]
}

const judge = ({ explanation, reason }: AcquireError, method: string): Finding => {
  // these come after the client has been authenticated
  const letIn = ["invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_target"]
  if (reason._tag === "Rejected" && letIn.includes(reason.code)) return ok(known(method))
  if (explanation.code !== "invalid_client") return fail(explanation.what, explanation.fix)
  const what = `The issuer does not take this client with ${method}.`
  if (method === "none") return fail(what, "Give the client's secret or key, or register it as a public client.")
  return fail(
    what,
    "Compare the client id, the secret or key, and the method at the issuer; choose with --client-auth.",
  )
}

const known = (method: string): string => `The issuer takes this client with ${method}.`
