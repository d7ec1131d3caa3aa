import * as Data from "effect/Data"
import { type Explanation, permanent, sentence } from "./explanation.ts"
import { explainHttp, type HttpCode, type HttpReason } from "./http-error.ts"

/** The metadata names a different issuer than the requested one (RFC 8414 §3.3). */
export interface IssuerMismatch {
  readonly _tag: "IssuerMismatch"
  readonly expected: string
  /** Made printable. */
  readonly actual: string
}

/** The issuer does not support a required feature. */
export interface Unsupported {
  readonly _tag: "Unsupported"
  readonly issuer: string
  /** The metadata member or feature that is missing. */
  readonly feature: string
}

/** Why an issuer's metadata or keys could not be fetched. */
export type DiscoveryReason = HttpReason | IssuerMismatch | Unsupported

export type DiscoveryCode = HttpCode | "issuer_mismatch" | "unsupported"

/** The issuer's metadata or keys could not be fetched; the stage that needs them maps this to its own error. */
export class DiscoveryError
  extends /*#__PURE__*/ Data.TaggedError("DiscoveryError")<{
    readonly reason: DiscoveryReason
  }>
{
  get explanation(): Explanation<DiscoveryCode> {
    return explainDiscovery(this.reason)
  }
  override get message(): string {
    return sentence(this.explanation)
  }
}

/** The error of this stage for what has failed below it. */
export const asDiscovery = ({ reason }: { readonly reason: DiscoveryReason }): DiscoveryError =>
  new DiscoveryError({ reason })

export const explainDiscovery = (reason: DiscoveryReason): Explanation<DiscoveryCode> => {
  switch (reason._tag) {
    case "IssuerMismatch":
      return permanent(
        "issuer_mismatch",
        `The metadata names the issuer ${reason.actual}, not ${reason.expected}.`,
        "Set the issuer to exactly what the server calls itself, the trailing slash included.",
      )
    case "Unsupported":
      return permanent(
        "unsupported",
        `The issuer ${reason.issuer} does not offer ${reason.feature}.`,
        "Use another flow, or enable the feature at the issuer.",
      )
    default:
      return explainHttp(reason)
  }
}
