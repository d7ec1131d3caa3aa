import { claimsIn, type TestSigner } from "@bearerkit/core/testing"

/** Claims of a token in a test; an undefined one is omitted. */
export type TestClaims = Readonly<Record<string, unknown>>

/** The issuer and its signer. */
export interface TestTokensOptions extends Pick<TestSigner, "sign"> {
  readonly issuer: string
  readonly now: () => number
}

export interface TestTokens {
  readonly token: (claims: TestClaims) => Promise<string>
  /** Makes the code of an authorization request, for a person with these ID token claims. */
  readonly begin: (request: URLSearchParams, claims: TestClaims) => string
  /** The token endpoint: codes, refresh tokens, and token exchange (RFC 8693). */
  readonly answer: (request: Request) => Promise<Response>
}

export const makeTestTokens = ({ issuer, sign, now }: TestTokensOptions): TestTokens => {
  const grants = new Map<string | null, Grant>()
  const keep = (grant: Grant): string => {
    const name = crypto.randomUUID()
    grants.set(name, grant)
    return name
  }
  const signed = (typ: string, claims: TestClaims): Promise<string> => {
    const iat = Math.floor(now() / 1000)
    return sign(typ, { iss: issuer, sub: "test", iat, exp: iat + lifetime, ...claims })
  }
  const token = (claims: TestClaims) => signed("at+jwt", { client_id: "test", jti: crypto.randomUUID(), ...claims })

  const ofLogin = async ({ identity, access }: Grant) => ({
    id_token: await signed("JWT", identity),
    access_token: await token(access),
    refresh_token: keep({ identity: { ...identity, nonce: undefined }, access }),
  })
  const ofTrade = async (form: URLSearchParams, client: string) => ({
    access_token: await token({ ...personIn(form), ...targetOf(form), client_id: client, act: { sub: client } }),
    issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
  })

  return {
    token,
    begin: (request, claims) => {
      const client = request.get("client_id")
      const times = { auth_time: Math.floor(now() / 1000) }
      const { sub = "test" } = claims
      return keep({
        identity: { ...times, aud: client, nonce: request.get("nonce") ?? undefined, ...claims },
        access: { ...targetOf(request), client_id: client, sub },
      })
    },
    answer: async (request) => {
      const form = new URLSearchParams(await request.text())
      const grant = grants.get(form.get("code") ?? form.get("refresh_token"))
      const tokens = form.has("subject_token") ? ofTrade(form, clientOf(request, form)) : grant && ofLogin(grant)
      if (tokens === undefined) return Response.json({ error: "invalid_grant" }, { status: 400 })
      return Response.json({ ...(await tokens), token_type: "Bearer", expires_in: lifetime })
    },
  }
}

/** The claims of a login's tokens. */
interface Grant {
  readonly identity: TestClaims
  readonly access: TestClaims
}

/** Seconds. */
const lifetime = 3600

const targetOf = (asked: URLSearchParams): TestClaims => ({
  aud: asked.get("audience") ?? asked.get("resource") ?? "test",
  scope: asked.get("scope") ?? undefined,
})

const personIn = (form: URLSearchParams): TestClaims => ({ sub: claimsIn(form.get("subject_token") ?? "")["sub"] })

/** RFC 6749 §2.3.1 */
const clientOf = ({ headers }: Request, form: URLSearchParams): string => {
  const [, basic = ""] = /^Basic (.+)$/.exec(headers.get("authorization") ?? "") ?? []
  const [name = ""] = atob(basic).split(":")
  return form.get("client_id") ?? decodeURIComponent(name)
}
