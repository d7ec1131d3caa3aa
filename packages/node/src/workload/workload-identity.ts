import { type AssertionSource, type Flow, jwtBearer } from "@bearerkit/core"

/**
 * A token for this workload: its platform vouches for it with an assertion, fetched before each request, and no secret
 * is configured. The issuer must trust the platform's issuer.
 *
 * @param source `githubActions()`, `kubernetes()`, or `providedBy()` for any other platform
 *
 * @see RFC 7523 §2.1
 */
export const workloadIdentity = (source: AssertionSource): Flow => jwtBearer(source)
