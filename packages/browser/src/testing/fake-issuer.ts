import type { Claims, ServerMetadata } from "@bearerkit/core"
import { makeTestSigner } from "@bearerkit/core/testing"

export interface FakeIssuerOptions {
  readonly clientId: string
  /** The claims of the ID token, besides those that every ID token has. */
  readonly claims: Claims
  /** The granted scopes, separated by spaces. @default those requested */
  readonly granted?: string | undefined
  /** The lifetime of access tokens in milliseconds. */
  readonly lifetime: number
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** An issuer without a network, which signs everybody in and issues numbered tokens. */
export interface FakeIssuer {
  readonly metadata: ServerMetadata
  /** The URL to which a person comes back from this authorization request, signed in or refused. */
  readonly answerTo: (request: string, refusal: string | undefined) => string
  /** Answers requests to the issuer; `undefined` for others. */
  readonly answer: (request: Request) => Promise<Response | undefined>
}

export const makeFakeIssuer = async (options: FakeIssuerOptions): Promise<FakeIssuer> => {
  const { clientId, claims, granted, lifetime, now } = options
  const { sign, jwks } = await makeTestSigner("ES256")
  let nonce: string | undefined
  let count = 0

  const tokens = async (scope: string | null): Promise<Response> => {
    const iat = Math.floor(now() / 1000)
    const times = { iat, auth_time: iat, exp: iat + 3600 }
    count += 1
    return Response.json({
      access_token: `access-${count}`,
      refresh_token: `refresh-${count}`,
      token_type: "Bearer",
      expires_in: lifetime / 1000,
      ...(scope !== null && { scope }),
      id_token: await sign("JWT", {
        ...times,
        iss: origin,
        aud: clientId,
        ...(nonce !== undefined && { nonce }),
        ...claims,
      }),
    })
  }

  return {
    metadata: {
      issuer: origin,
      authorizationEndpoint: `${origin}/authorize`,
      tokenEndpoint: `${origin}/token`,
      jwksUri: `${origin}/jwks`,
      revocationEndpoint: `${origin}/revoke`,
      endSessionEndpoint: `${origin}/end`,
    },
    answerTo: (request, refusal) => {
      const { searchParams } = new URL(request)
      nonce = searchParams.get("nonce") ?? undefined
      const back = new URL(searchParams.get("redirect_uri") ?? "")
      back.search = new URLSearchParams({
        ...(refusal === undefined ? { code: "code" } : { error: refusal }),
        state: searchParams.get("state") ?? "",
        iss: origin,
      }).toString()
      return back.href
    },
    answer: async (request) => {
      if (request.url === `${origin}/jwks`) return Response.json(jwks)
      if (request.url === `${origin}/revoke`) return new Response()
      if (request.url !== `${origin}/token`) return undefined
      return tokens(granted ?? new URLSearchParams(await request.text()).get("scope"))
    },
  }
}

const origin = "https://issuer.test"
