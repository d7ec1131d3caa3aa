import { type Answer, type AskInit, Http } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { printable } from "../output/printable.ts"
import { type Finding, findings } from "./finding.ts"
import type { CheckContext } from "./check-context.ts"

const { ok, skip, fail } = findings("CORS")

/** Whether pages of these origins may read the issuer's responses (Fetch Standard §3.3). */
export const checkCors = ({ metadata, origins }: CheckContext): Effect.Effect<ReadonlyArray<Finding>, never, Http> => {
  if (origins.length === 0) return Effect.succeed([skip("Not checked.", "Pass --origin for a page's origin.")])
  return Effect.forEach(origins, (origin) =>
    Effect.gen(function* () {
      const { tokenEndpoint, jwksUri } = metadata
      const refused = [
        ...(tokenEndpoint !== undefined && !(yield* allowed(tokenEndpoint, origin, "POST")) ? ["token_endpoint"] : []),
        ...(jwksUri !== undefined && !(yield* allowed(jwksUri, origin, "GET")) ? ["jwks_uri"] : []),
      ]
      const page = printable(origin)
      if (refused.length === 0) return ok(`Pages of ${page} may ask the issuer.`)
      return fail(
        `Pages of ${page} may not read the answers of ${refused.join(" and ")}.`,
        "Allow the origin for this client at the issuer; without a path or a slash at its end.",
      )
    }),
  )
}

const allowed = (url: string, origin: string, method: "GET" | "POST"): Effect.Effect<boolean, never, Http> =>
  Effect.map(
    Effect.result(Http.use((http) => http.ask(url, requestOf(origin, method)))),
    (answer) => Result.isSuccess(answer) && letsRead(answer.success, origin),
  )

/** A page's POST of a form needs no preflight, so the response counts. */
const requestOf = (origin: string, method: "GET" | "POST"): AskInit =>
  method === "GET"
    ? { headers: { origin } }
    : { method, headers: { origin, "content-type": form }, body: "grant_type=authorization_code" }

const form = "application/x-www-form-urlencoded"

const letsRead = ({ headers }: Answer, origin: string): boolean =>
  ["*", origin].includes(headers.get("access-control-allow-origin") ?? "")
