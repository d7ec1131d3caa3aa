import type { Unreachable } from "../errors/http-error.ts"
import { printable } from "../model/printable.ts"

/** What Node tells of a connection that could not be had: the system's code, and what is wrong with a certificate. */
export const whyUnreachable = (cause: unknown): Pick<Unreachable, "detail" | "fix"> => {
  const detail = systemCode(cause)
  if (detail === undefined) return {}
  const fix = fixes.find(([codes]) => codes.test(detail))?.[1]
  return fix === undefined ? { detail } : { detail, fix }
}

/** Node's fetch hides the system's code in `cause`, and in `errors` if it tried several addresses. */
const systemCode = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined
  if ("code" in error && typeof error.code === "string") return error.code
  if (error instanceof AggregateError) return systemCode(error.errors[0])
  return error.cause instanceof Error ? (systemCode(error.cause) ?? printable(error.cause.message, 80)) : undefined
}

/** By OpenSSL's names for what it finds in a certificate. */
const fixes: ReadonlyArray<readonly [codes: RegExp, fix: string]> = [
  [
    /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/,
    "Have Node trust who signed the server's certificate: start it with NODE_EXTRA_CA_CERTS=FILE, a file with that authority's certificate as PEM.",
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    "Use the name that the server's certificate is for, or have the certificate issued for this one.",
  ],
  [/^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/, "Check this machine's clock, and have the server's certificate renewed."],
]
