import * as Effect from "effect/Effect"
import type { VerifyError } from "../errors/verify-error.ts"
import { type Verifier, verifierOf } from "./access-token.ts"
import { type IntrospectionOptions, makeIntrospectionVerifier } from "./introspected-token.ts"
import {
  type FindIssuer,
  makeIssuersVerifier,
  makeIssuerVerifier,
  type Network,
  type TrustedIssuer,
} from "./trusted-issuers.ts"

/** Whose tokens are accepted: one issuer's, those of several, or only those that introspection knows. */
export type TokenOrigins = OneIssuer | SeveralIssuers | OnlyIntrospection

export interface OneIssuer extends TrustedIssuer {
  readonly issuers?: never
  /** For tokens that are not JWTs. @default none */
  readonly introspection?: IntrospectionOptions | undefined
}

export interface SeveralIssuers extends NoIssuer {
  /** A closed list, or a function that finds tenants. */
  readonly issuers: FindIssuer | ReadonlyArray<TrustedIssuer>
  /** For tokens that are not JWTs. @default none */
  readonly introspection?: IntrospectionOptions | undefined
}

export interface OnlyIntrospection extends NoIssuer {
  readonly issuers?: never
  readonly introspection: IntrospectionOptions
}

type NoIssuer = { readonly [Option in keyof TrustedIssuer]?: never }

/** One verifier for all tokens that an API accepts. */
export const makeTokenVerifier: (origins: TokenOrigins) => Effect.Effect<Verifier, VerifyError, Network> =
  Effect.fnUntraced(function* (origins) {
    const { introspection } = origins
    const introspected = introspection && (yield* makeIntrospectionVerifier(introspection))
    if (origins.issuers === undefined && origins.issuer === undefined && introspected !== undefined) return introspected
    // Without any of them the options are wrong, which the verifier says.
    const signed = yield* origins.issuers === undefined
      ? makeIssuerVerifier(origins as TrustedIssuer)
      : makeIssuersVerifier(origins.issuers)
    if (introspected === undefined) return signed
    return verifierOf((token) => (looksSigned(token) ? signed : introspected).verify(token))
  })

/** Three parts: a JWS, or else no token of ours. */
const looksSigned = (token: string): boolean => token.split(".", 4).length === 3
