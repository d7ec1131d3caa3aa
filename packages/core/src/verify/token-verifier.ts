import * as Effect from "effect/Effect"
import type { VerifyError } from "../errors/verify-error.ts"
import { type Verifier, verifierOf } from "./access-token.ts"
import { makeIssuerVerifier, type Network, type TrustedIssuer } from "./trusted-issuer.ts"

/** Whose tokens are accepted: those of one issuer, of several, or only by introspection. */
export type TokenOrigins = OneIssuer | SeveralIssuers | OnlyIntrospection

/** Made by `trustedIssuers`, `tenants` or `introspection`; each authorizer opens its own. */
export interface TokenOrigin {
  readonly open: Effect.Effect<Verifier, VerifyError, Network>
}

export interface OneIssuer extends TrustedIssuer {
  readonly issuers?: never
  /** `introspection(…)`, for tokens that are not JWTs. @default none */
  readonly introspection?: TokenOrigin | undefined
}

export interface SeveralIssuers extends NoIssuer {
  /** `trustedIssuers([…])`, or `tenants(find)`. */
  readonly issuers: TokenOrigin
  /** `introspection(…)`, for tokens that are not JWTs. @default none */
  readonly introspection?: TokenOrigin | undefined
}

export interface OnlyIntrospection extends NoIssuer {
  readonly issuers?: never
  /** `introspection(…)`. */
  readonly introspection: TokenOrigin
}

type NoIssuer = { readonly [Option in keyof TrustedIssuer]?: never }

/** Makes one verifier for all tokens that an API accepts. */
export const makeTokenVerifier: (origins: TokenOrigins) => Effect.Effect<Verifier, VerifyError, Network> =
  Effect.fnUntraced(function* (origins) {
    const introspected = origins.introspection && (yield* origins.introspection.open)
    if (origins.issuers === undefined && origins.issuer === undefined && introspected !== undefined) return introspected
    // Without any of them the verifier reports invalid options.
    const signed = yield* origins.issuers === undefined
      ? makeIssuerVerifier(origins as TrustedIssuer)
      : origins.issuers.open
    if (introspected === undefined) return signed
    const { verify, check } = verifierOf((token) => (looksSigned(token) ? signed : introspected).verify(token))
    return { verify, check, recall: signed.recall }
  })

/** Three parts: a JWS, or not a token of ours. */
const looksSigned = (token: string): boolean => token.split(".", 4).length === 3
