import { Http, type HttpError } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { printable } from "../output/printable.ts"
import { type Finding, findings } from "./finding.ts"
import type { CheckContext } from "./check-context.ts"

const { ok, skip, warn, fail } = findings("redirect URI")

/** Whether the issuer accepts this client's redirect URIs; nobody is asked to sign in. */
export const checkRedirectUris = (context: CheckContext): Effect.Effect<ReadonlyArray<Finding>, never, Http> => {
  const { client, redirectUris, metadata } = context
  if (client === undefined) return Effect.succeed([skip("Not checked.", "Pass --client-id.")])
  const endpoint = metadata.authorizationEndpoint
  if (redirectUris.length === 0 || endpoint === undefined) {
    return Effect.succeed([skip("Not checked: this is no client for logins.", "Pass --redirect-uri if it is one.")])
  }
  return Effect.forEach(redirectUris, (uri) => checkOne(uri, authorizationUrl(endpoint, client.clientId, uri)))
}

const checkOne = (uri: string, url: string): Effect.Effect<Finding, never, Http> =>
  Effect.map(Effect.result(look(url)), (answer) => {
    if (Result.isSuccess(answer)) return judge(answer.success, uri, url)
    const { what, fix } = answer.failure.explanation
    return fail(what, fix)
  })

/** Fetches status and headers only; `ask` refuses redirects. */
const look = (url: string): Effect.Effect<Response, HttpError, Http> =>
  Http.use((http) => http.call(url, { redirect: "manual" })).pipe(
    Effect.tap((response) => Effect.promise(async () => response.body?.cancel().catch(() => undefined))),
  )

/** An authorization request with `prompt=none`. */
const authorizationUrl = (endpoint: string, clientId: string, redirectUri: string): string => {
  const url = new URL(endpoint)
  const params = {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid",
    prompt: "none",
    state: "bearerkit-doctor",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
  }
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
  return url.href
}

const judge = ({ status, headers }: Response, uri: string, url: string): Finding => {
  const shown = printable(uri)
  const location = headers.get("location") ?? ""
  if (status >= 400) {
    return fail(
      `The issuer refuses ${shown} for this client (status ${status}).`,
      "Register it at the issuer, to the letter; of a native app http://127.0.0.1/callback, for any port.",
    )
  }
  if (status < 300 || !URL.canParse(location, url)) return ok(`The issuer takes ${shown}.`)
  const there = new URL(location, url)
  const error = there.searchParams.get("error") ?? ""
  if (error === "unauthorized_client" || error === "unsupported_response_type") {
    return warn(
      `The issuer takes ${shown}, but this client may not use the authorization code flow.`,
      "Allow it the grant authorization_code at the issuer.",
    )
  }
  return ok(`The issuer takes ${shown}.`)
}
