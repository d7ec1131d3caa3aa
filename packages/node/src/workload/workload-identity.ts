import { type AssertionSource, type Flow, jwtBearer } from "@bearerkit/core"

/**
 * A token for the workload that this program is: its platform vouches for it with an assertion, asked for anew before each
 * request, and nothing secret is configured. The issuer must trust the platform's issuer.
 *
 * @param source `githubActions()`, `kubernetes()`, or `providedBy()` for any other platform
 *
 * @see RFC 7523 §2.1
 */
export const workloadIdentity = (source: AssertionSource): Flow => jwtBearer(source)
