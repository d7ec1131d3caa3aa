import { HttpError } from "@bearerkit/core"
import { makeTestSigner, type TestAlgorithm } from "@bearerkit/core/testing"
import { signIn, type TestApplication } from "./sign-in.ts"
import { makeTestTokens, type TestClaims } from "./test-tokens.ts"

/** Options of `makeTestIssuer`. */
export interface TestIssuerOptions {
  /** The algorithm of signatures. @default "RS256" */
  readonly algorithm?: TestAlgorithm | undefined
  /** Epoch milliseconds. @default Date.now */
  readonly now?: (() => number) | undefined
  /** Answers requests to others, such as the APIs that the application calls. @default refuses them */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** An issuer without a network, for the tests of an application: it accepts everything. */
export interface TestIssuer {
  /** For the option `fetch`, or to replace the global one. */
  readonly fetch: typeof globalThis.fetch
  /**
   * An access token valid for an hour, with these claims, such as `aud`, `sub` and `scope`; `undefined` omits a claim.
   */
  readonly token: (claims: TestClaims) => Promise<string>
  /**
   * Signs in a person with these ID token claims, and returns the `Cookie` header for further requests.
   *
   * @param loginPath @default "/login"
   */
  readonly signIn: (app: TestApplication, claims: TestClaims, loginPath?: string) => Promise<string>
}

/**
 * Stands in for the issuer that an application is configured with.
 *
 * @example
 * const issuer = await makeTestIssuer("https://issuer.example")
 * const app = makeApp({ fetch: issuer.fetch })
 * const cookie = await issuer.signIn(app, { sub: "ada" })
 *
 * @param issuer as in the application's options
 */
export const makeTestIssuer = async (issuer: string, options: TestIssuerOptions = {}): Promise<TestIssuer> => {
  const { algorithm = "RS256", now = Date.now, fetch: elsewhere = refused } = options
  const { jwks, sign } = await makeTestSigner(algorithm)
  const { token, begin, answer } = makeTestTokens({ issuer, sign, now })
  const base = issuer.replace(/\/$/, "")
  const metadata = { ...metadataAt(base), issuer, id_token_signing_alg_values_supported: [algorithm] }

  const answers = new Map<string, (request: Request) => Response | Promise<Response>>([
    [`${base}/.well-known/openid-configuration`, () => Response.json(metadata)],
    [`${base}/jwks`, () => Response.json(jwks)],
    [`${base}/revoke`, () => new Response()],
    [`${base}/token`, answer],
  ])
  return {
    fetch: async (input, init) => {
      const own = answers.get(input instanceof Request ? input.url : String(input))
      return own === undefined ? elsewhere(input, init) : own(new Request(input, init))
    },
    token,
    signIn: (app, claims, loginPath = "/login") =>
      signIn(app, loginPath, ({ searchParams: asked }) => {
        const state = asked.get("state") ?? ""
        const answer = new URLSearchParams({ code: begin(asked, claims), state, iss: issuer })
        return `${asked.get("redirect_uri")}?${answer.toString()}`
      }),
  }
}

/** What no test has answered does not go to the network. */
const refused: typeof globalThis.fetch = async (input) => {
  const { origin, pathname } = new URL(input instanceof Request ? input.url : input)
  const detail = "makeTestIssuer has no answer for it"
  const fix = "Answer it in the option fetch of makeTestIssuer: fetch: async (input) => Response.json({})."
  throw new HttpError({ reason: { _tag: "Unreachable", url: origin + pathname, detail, fix } })
}

const metadataAt = (base: string): object => ({
  authorization_endpoint: `${base}/authorize`,
  token_endpoint: `${base}/token`,
  jwks_uri: `${base}/jwks`,
  revocation_endpoint: `${base}/revoke`,
  end_session_endpoint: `${base}/end`,
  response_types_supported: ["code"],
  authorization_response_iss_parameter_supported: true,
})
