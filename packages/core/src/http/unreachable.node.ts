/** What Node tells of a connection that could not be had: the system's code, and what is wrong with a certificate. */
export const whyUnreachable = (cause: unknown): { readonly detail?: string; readonly fix?: string } => {
  const detail = systemCode(cause)
  if (detail === undefined) return {}
  const fix = fixes.find(([codes]) => codes.test(detail))?.[1]
  return fix === undefined ? { detail } : { detail, fix }
}

/** What can be done about any other connection. */
export const toReachIt = "Check the address, that its server is up, and what is on the way to it: network, proxy, TLS."

/**
 * Node's fetch hides the system's code in `cause`, and in `errors` if it tried several addresses. A message is not told:
 * it can be that of the caller's own `fetch` or body, and have anything in it.
 */
const systemCode = (error: unknown, depth = 0): string | undefined => {
  if (!(error instanceof Error) || depth > 5) return undefined
  if ("code" in error && typeof error.code === "string" && /^[A-Z][A-Z_\d]{2,60}$/.test(error.code)) return error.code
  return systemCode(error instanceof AggregateError ? error.errors[0] : error.cause, depth + 1)
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
