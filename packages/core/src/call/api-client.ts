import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { AcquireError } from "../errors/acquire-error.ts"
import { CallError } from "../errors/call-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import type { Http } from "../http/client.ts"
import type { TargetInput } from "../model/target.ts"
import type { Token } from "../model/token-set.ts"
import { TokenProvider } from "../provide/token-provider.ts"
import { Telemetry } from "../telemetry/telemetry.ts"
import { failed, makeSend } from "./send.ts"
import { waitingAsAsked } from "./too-many-requests.ts"
import { type Renewing, renewingOnce } from "./unauthorized.ts"

/** The APIs that tokens may be sent to: exact origins, such as `https://api.example.com`, and the target of each. */
export type Apis = Readonly<Record<string, TargetInput>>

/**
 * Calls APIs with `Authorization: Bearer` (RFC 6750 §2.1), or with `DPoP` and a proof if the token is bound (RFC 9449
 * §7.1). Only listed origins are called; a 401 is retried once with a new token of the same login, and a 429 once if
 * that is harmless and the API says when.
 */
export class ApiClient
  extends /*#__PURE__*/ Context.Service<
    ApiClient,
    {
      /** Any answer of the API is a success, whatever its status. */
      readonly fetch: (
        url: string | URL,
        init?: RequestInit,
      ) => Effect.Effect<Response, AcquireError | CallError | StoreError>
    }
  >()("@bearerkit/core/ApiClient") {}

/** Calls these APIs with the tokens of the `TokenProvider`; fails if a key is not an origin. */
export const apiClientLayer = (apis: Apis): Layer.Layer<ApiClient, CallError, Http | TokenProvider> =>
  Layer.effect(
    ApiClient,
    TokenProvider.use((provider) => makeApiClient(apis, provider)),
  )

/** Where the tokens for a call come from. */
export interface ApiTokens<E> extends Pick<TokenProvider["Service"], "dpop">, Pick<Renewing<E>, "refusing"> {
  readonly token: (target: TargetInput) => Effect.Effect<Token, E>
  /** A token other than the refused one. */
  readonly renew: (target: TargetInput, refused: Token) => Effect.Effect<Token, E>
}

/** Calls the APIs of a client. */
export interface ApiCalls<E> {
  readonly fetch: (url: string | URL, init?: RequestInit) => Effect.Effect<Response, CallError | E>
}

/** The service of `apiClientLayer`, with tokens of any source. */
export const makeApiClient: <E>(apis: Apis, tokens: ApiTokens<E>) => Effect.Effect<ApiCalls<E>, CallError, Http> =
  Effect.fnUntraced(function* <E>(apis: Apis, tokens: ApiTokens<E>) {
    const targets = yield* targetsByOrigin(apis)
    const send = renewingOnce(waitingAsAsked(yield* makeSend(tokens)), {
      ...tokens,
      renew: (refused, { origin }) => tokens.renew(targets.get(origin) ?? {}, refused),
      telemetry: yield* Telemetry,
    })

    return {
      fetch: Effect.fnUntraced(function* (input: string | URL, init: RequestInit = {}) {
        const url = yield* parsed(input)
        const target = targets.get(url.origin)
        if (target === undefined) {
          return yield* failed({ _tag: "OriginNotAllowed", origin: url.origin, allowed: [...targets.keys()] })
        }
        const headers = yield* sendable(init.headers)
        if (headers.has("authorization")) {
          return yield* failed({
            _tag: "InvalidOptions",
            field: "headers.authorization",
            problem: "is set by the client",
            fix: "Leave it out.",
          })
        }
        return yield* send(url, { ...init, headers }, yield* tokens.token(target))
      }),
    }
  })

const targetsByOrigin = (apis: Apis): Effect.Effect<ReadonlyMap<string, TargetInput>, CallError> => {
  const wrong = Object.keys(apis).find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)
  if (wrong === undefined) return Effect.succeed(new Map(Object.entries(apis)))
  return failed({
    _tag: "InvalidOptions",
    field: `apis["${wrong}"]`,
    problem: "is not an origin such as https://api.example.com",
  })
}

/** Those of an iterator are gone once they were read; what the platform throws repeats a value. */
const sendable = (headers: RequestInit["headers"]): Effect.Effect<Headers, CallError> =>
  Effect.try({ try: () => new Headers(headers), catch: () => new CallError({ reason: unsendable }) })

const unsendable = {
  _tag: "InvalidOptions",
  field: "headers",
  problem: "has a name or a value that HTTP does not allow",
  fix: "Send it in one line, without control characters.",
} as const

const parsed = (input: string | URL): Effect.Effect<URL, CallError> =>
  URL.canParse(input)
    ? Effect.succeed(new URL(input))
    : failed({ _tag: "InvalidOptions", field: "url", problem: "is not an absolute URL" })
