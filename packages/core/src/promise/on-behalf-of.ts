import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { type Apis, type ApiTokens, makeApiClient } from "../call/api-client.ts"
import { forward, type ForwardedRequest, type Forwarding, parseForwarding } from "../call/forward.ts"
import type { ForwardedHeadersOptions } from "../call/forwarded-headers.ts"
import { type FetchInput, requestParts, signalOf } from "../call/request-parts.ts"
import type { RefusingOrigins } from "../call/unauthorized.ts"
import { Delegation, delegationLayer } from "../delegate/delegation.ts"
import type { DelegationPolicy } from "../delegate/policy.ts"
import { type DelegationWire, exchangeWire } from "../delegate/wire.ts"
import type { AcquireError } from "../errors/acquire-error.ts"
import { CallError } from "../errors/call-error.ts"
import type { DelegateError } from "../errors/delegate-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import { putNewest } from "../model/put-newest.ts"
import type { TargetInput } from "../model/target.ts"
import type { Token } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import { type ClientAuth, none } from "../protocol/client-auth.ts"
import { toBearerError } from "./bearer-error.ts"
import { checkClient } from "./check-client.ts"
import { authorizationOf } from "./credential.ts"
import { networkLayer } from "./network.ts"
import type { NetworkOptions } from "./network-options.ts"
import { storageLayer } from "./storage-layer.ts"
import { makeRunner, type RunOptions } from "./runner.ts"
import { loginRefusal, refusal, type Reply } from "./web-reply.ts"
import type { Subject } from "./subject.ts"
import { memoryStorage, type TokenCache } from "./token-storage.ts"

/** Options of `startDelegator`. */
export interface OnBehalfOfConfig extends DelegationPolicy, NetworkOptions, Pick<Client, "dpop"> {
  /** The issuer's identifier, exactly as its metadata writes it. */
  readonly issuer: string
  /** This program as the issuer knows it. */
  readonly clientId: string
  /** @default none() */
  readonly clientAuth?: ClientAuth | undefined
  /** How a token is traded. @default exchangeWire */
  readonly wire?: DelegationWire | undefined
  /** The origins that `fetchOnBehalfOf` may send tokens to, and the target of each. @default {} */
  readonly apis?: Apis | undefined
  /** Where traded tokens are kept. @default memoryStorage() */
  readonly storage?: TokenCache | undefined
}

/** A token on behalf of a subject. */
export interface OnBehalfOf {
  readonly token: string
  readonly type: string
  /** The value for an `Authorization` header; throws `token_type_mismatch` for a token that is none for an API (`N_A`). */
  readonly authorization: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/**
 * The upstream's response, or why there is none: 401 without a subject, or if the issuer refuses to trade the subject's
 * token.
 */
export type Forward = (subject: Subject | undefined, request: ForwardedRequest) => Promise<Reply | Response>

/** Calls APIs on behalf of others. Every method rejects with a `BearerError`, or with the signal's reason. */
export interface Delegator extends AsyncDisposable {
  readonly onBehalfOf: (subject: Subject, target: TargetInput, options?: RunOptions) => Promise<OnBehalfOf>
  /**
   * `fetch` with a token for the URL's origin in `apis`; a 401 is retried once with another token. Redirects are
   * refused.
   */
  readonly fetchOnBehalfOf: (subject: Subject, input: FetchInput, init?: RequestInit) => Promise<Response>
  /** A proxy to an upstream; throws at once if its options are invalid. */
  readonly forwardTo: (upstream: string, target: TargetInput, options?: ForwardedHeadersOptions) => Forward
  readonly close: () => Promise<void>
}

/** Makes a delegator. Invalid options throw a `BearerError` here; nothing is requested before the first call. */
export const startDelegator = (config: OnBehalfOfConfig): Delegator => {
  checkClient(config)
  const { apis = {} } = config
  const { run, take, close } = makeRunner(Layer.build(servicesOf(config, apis)))
  const tokensFor = makeTokensFor(take(Effect.service(Delegation)), config.dpop)

  return {
    onBehalfOf: async (subject, target, options) => {
      const token = await run(tokensFor(subject, target).token(target), options)
      const { value, type, expiresAt } = token
      return {
        token: Redacted.value(value),
        type,
        get authorization() {
          return authorizationOf(token)
        },
        expiresAt,
      }
    },
    fetchOnBehalfOf: (subject, input, init) => {
      const call = Effect.flatMap(requestParts(input, init), ([url, rest]) => {
        const target = apis[URL.parse(url)?.origin ?? ""] ?? {}
        return Effect.flatMap(makeApiClient(apis, tokensFor(subject, target)), (api) => api.fetch(url, rest))
      })
      return run(call, { signal: signalOf(input, init) })
    },
    forwardTo: (upstream, target, options) => {
      const forwarding = checkForwarding(upstream, options)
      return async (subject, request) => {
        if (subject === undefined) return loginRefusal(request)
        const { token, renew, ...rest } = tokensFor(subject, target)
        const tokens = { ...rest, token: token(target), renew: (refused: Token) => renew(target, refused) }
        return run(orRefusal(request, forward(forwarding, request, tokens)), { signal: request.signal })
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

const servicesOf = (config: OnBehalfOfConfig, apis: Apis) => {
  const { issuer, clientId, clientAuth = none(), dpop } = config
  const { wire = exchangeWire, allowedTargets, storage = memoryStorage() } = config
  const client = { issuer, clientId, clientAuth, dpop }
  return Layer.effectDiscard(makeApiClient(apis, nobodys)).pipe(
    Layer.provideMerge(delegationLayer({ client, wire, allowedTargets })),
    Layer.provideMerge(Layer.merge(networkLayer(config), storageLayer(storage))),
  )
}

/** The tokens to call a target with for a subject: its own if they are for the target, else traded ones. */
const makeTokensFor = (delegation: Delegation["Service"], dpop: Client["dpop"]) => {
  const refusingFor = makeRefusingOrigins()
  const trade = (subject: Subject, target: TargetInput, refused?: Token) =>
    Effect.flatMap(subject.token, ({ value, expiresAt }) => delegation.delegate(value, target, { expiresAt, refused }))
  const traded = (subject: Subject, target: TargetInput): ApiTokens<Failure> => ({
    dpop,
    token: () => trade(subject, target),
    renew: (_, refused) => trade(subject, target, refused),
  })
  return (subject: Subject, target: TargetInput): ApiTokens<Failure> => {
    const { dpop, token, renew } = subject.own(target) ?? traded(subject, target)
    return { dpop, token, renew, refusing: refusingFor(subject) }
  }
}

const checkForwarding = (upstream: string, options: ForwardedHeadersOptions | undefined): Forwarding => {
  const forwarding = parseForwarding(upstream, options)
  if (forwarding._tag === "Success") return forwarding.success
  throw toBearerError(new CallError({ reason: { _tag: "InvalidOptions", ...forwarding.failure } }))
}

const orRefusal = <A, R>(request: ForwardedRequest, forwarded: Effect.Effect<A, CallError | Failure, R>) =>
  Effect.catch(forwarded, (error) =>
    Effect.succeed(isAboutSubject(error) ? loginRefusal(request, error) : refusal(request, { error })),
  )

type Failure = AcquireError | DelegateError | StoreError

/** Which APIs refuse every token of a subject: each call has its own client, so this is kept here. */
const makeRefusingOrigins = (): ((subject: Subject) => RefusingOrigins) => {
  const known = new Map<unknown, ReadonlyMap<string, number>>()
  return ({ name }) => ({
    get: (origin) => known.get(name)?.get(origin),
    set: (origin, until) => putNewest(known, [name, new Map(known.get(name)).set(origin, until)], capacity),
  })
}

/** The maximum number of subjects. */
const capacity = 1000

/** The issuer refuses the subject's token: it was revoked, or this client may not trade it. */
const isAboutSubject = ({ _tag, explanation }: CallError | Failure): boolean =>
  _tag === "DelegateError" && explanation.code === "invalid_grant"

/** Only for validating the options. */
const nobodys: ApiTokens<never> = { dpop: undefined, token: () => Effect.never, renew: () => Effect.never }
