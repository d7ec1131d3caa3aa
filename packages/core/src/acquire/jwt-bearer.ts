import * as Effect from "effect/Effect"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import { signAssertion } from "../protocol/assertion.ts"
import type { Client } from "../protocol/client.ts"
import type { PrivateKey, PrivateKeyOptions } from "../protocol/signing-key.ts"
import { requestTokenSet } from "../protocol/token-endpoint.ts"
import { tokenProblem } from "../protocol/token-text.ts"
import type { Flow } from "./flow.ts"
import { asked, supplyFailed } from "./supplied.ts"

/** Where the assertion comes from; evaluated anew for each request. */
export interface AssertionSource {
  /** The subject of the assertion, or another identifier that is not a secret: part of the cache key. */
  readonly subject: string
  readonly assertion: (client: Client) => Effect.Effect<string, AcquireError, Http>
}

/**
 * A token for a subject for whom a trusted party vouches with a signed assertion.
 *
 * @see RFC 7523 §2.1
 */
export const jwtBearer = (source: AssertionSource): Flow => ({
  grant: jwtBearerGrant,
  replay: "fresh-assertion",
  discovers: true,
  identity: [source.subject],
  warnings: [],
  acquire: (client, target) =>
    requestTokenSet(client, target, {
      params: [["grant_type", jwtBearerGrant]],
      fresh: Effect.map(source.assertion(client), (assertion) => [["assertion", assertion]] as const),
      signed: true,
    }),
})

/** Options of `selfSigned`. */
export interface SelfSignedOptions extends PrivateKeyOptions {
  readonly key: PrivateKey
  /** The subject of the token (`sub`). */
  readonly subject: string
  /** The issuer of the assertion (`iss`). @default the client id */
  readonly issuer?: string | undefined
  /** @default the authorization server's issuer identifier */
  readonly audience?: string | undefined
  /** @default 60 */
  readonly lifetimeSeconds?: number | undefined
}

/** An assertion that this program signs itself. */
export const selfSigned = ({ subject, ...options }: SelfSignedOptions): AssertionSource => ({
  subject,
  assertion: (client) =>
    signAssertion(options, {
      issuer: options.issuer ?? client.clientId,
      subject,
      audience: options.audience ?? client.issuer,
      ...(options.lifetimeSeconds !== undefined && { lifetimeSeconds: options.lifetimeSeconds }),
    }),
})

/** An assertion from elsewhere, such as a workload identity; `provide` is called before each request. */
export const providedBy = (subject: string, provide: () => string | PromiseLike<string>): AssertionSource => ({
  subject,
  assertion: () =>
    Effect.flatMap(asked(provide), (assertion) => {
      const problem = tokenProblem(assertion)
      return problem === undefined ? Effect.succeed(assertion) : Effect.fail(supplyFailed(problem))
    }),
})

/** RFC 7523 §2.1 */
export const jwtBearerGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
