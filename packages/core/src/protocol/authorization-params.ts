import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { millisOf } from "../model/millis.ts"
import { wantsOfflineAccess } from "../model/offline-access.ts"
import type { Target } from "../model/target.ts"
import { type ExtraParams, extraParams } from "./extra-params.ts"
import { type Params } from "./client-request.ts"
import { definedParams } from "./defined-params.ts"
import { targetParams } from "./token-endpoint.ts"

/** OpenID Connect Core §3.1.2.1, Initiating User Registration §4 */
export type Prompt = "consent" | "create" | "login" | "none" | "select_account"

/** What the issuer asks the person, and how. */
export interface AuthorizationOptions {
  /** @default consent if a code is asked for with the scope `offline_access`, else none */
  readonly prompt?: Prompt | ReadonlyArray<Prompt> | undefined
  /** How long ago the person may have signed in; the ID token must prove it with `auth_time`. */
  readonly maxAge?: Duration.Input | undefined
  /** How the person has to sign in, in order of preference; the ID token's `acr` must be one of these. */
  readonly acrValues?: ReadonlyArray<string> | undefined
  /** Who is probably going to sign in, such as an e-mail address. */
  readonly loginHint?: string | undefined
  /** BCP 47 language tags in order of preference. */
  readonly uiLocales?: ReadonlyArray<string> | undefined
  /** Other parameters for this issuer; never one that BearerKit sets. */
  readonly extra?: ExtraParams | undefined
}

/** The parameters that all authorization requests share. */
export const authorizationParams: (
  target: Target,
  options: AuthorizationOptions,
) => Effect.Effect<Params, AcquireError> = Effect.fnUntraced(function* (target, options) {
  const { prompt: asked = wantsOfflineAccess(target) ? "consent" : [] } = options
  const prompt = [asked].flat()
  if (prompt.length > 1 && prompt.includes("none")) {
    return yield* invalidOptions("prompt", "must be none alone or not name it (OpenID Connect Core §3.1.2.1)")
  }
  const maxAge = yield* maxAgeOf(options)
  const demands = maxAge !== undefined || (options.acrValues ?? []).length > 0
  if (demands && !target.scopes.includes("openid")) {
    return yield* invalidOptions("scope", "must have openid: only an ID token proves what maxAge and acrValues demand")
  }
  const extra = yield* extraParams(options.extra, reserved)
  return [
    ...targetParams(target),
    ...definedParams({
      prompt: words(prompt),
      max_age: maxAge?.toString(),
      acr_values: words(options.acrValues),
      login_hint: options.loginHint,
      ui_locales: words(options.uiLocales),
    }),
    ...extra,
  ]
})

/** In seconds. */
export const maxAgeOf = ({ maxAge }: AuthorizationOptions): Effect.Effect<number | undefined, AcquireError> => {
  if (maxAge === undefined) return Effect.succeed(undefined)
  const seconds = (millisOf(maxAge) ?? Number.NaN) / 1000
  // a number is milliseconds: one meant as seconds, as in the protocol, would come to zero
  return Number.isSafeInteger(Math.floor(seconds)) && (seconds === 0 || seconds >= 1)
    ? Effect.succeed(Math.floor(seconds))
    : Effect.fail(invalidOptions("maxAge", "must be a duration, of 0 or a second at least; a number is milliseconds"))
}

const words = (values: ReadonlyArray<string> = []): string | undefined => values.join(" ") || undefined

const reserved = [
  "acr_values",
  "code_challenge",
  "code_challenge_method",
  "code_verifier",
  "dpop_jkt",
  "login_hint",
  "max_age",
  "nonce",
  "prompt",
  "redirect_uri",
  "request",
  "request_uri",
  "response_mode",
  "response_type",
  "state",
  "ui_locales",
]
