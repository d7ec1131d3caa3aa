import type { Claims, ServerMetadata } from "@bearerkit/core"

export interface FakeIssuerOptions {
  readonly clientId: string
  /** Of the ID token; what every ID token has is added. */
  readonly claims: Claims
  /** Scopes, separated by spaces. @default those that are asked for */
  readonly granted?: string | undefined
  /** Milliseconds that an access token lives. */
  readonly lifetime: number
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** An issuer without a network: it signs everybody in, and gives numbered tokens. */
export interface FakeIssuer {
  readonly metadata: ServerMetadata
  /** The address that a person comes back to from this authorization request, signed in or refused. */
  readonly answerTo: (request: string, refusal: string | undefined) => string
  /** Answers requests to the issuer; nothing for any other. */
  readonly answer: (request: Request) => Promise<Response | undefined>
}

export const makeFakeIssuer = async (options: FakeIssuerOptions): Promise<FakeIssuer> => {
  const { clientId, claims, granted, lifetime, now } = options
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"])
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", keys.publicKey)
  let nonce: string | undefined
  let count = 0

  const signed = async (claims: object): Promise<string> => {
    const content = `${encoded({ alg: "ES256", typ: "JWT", kid: "test" })}.${encoded(claims)}`
    const bytes = new TextEncoder().encode(content)
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, bytes)
    return `${content}.${base64url(new Uint8Array(signature))}`
  }

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
      id_token: await signed({
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
      if (request.url === `${origin}/jwks`) {
        return Response.json({ keys: [{ kty, crv, x, y, alg: "ES256", use: "sig", kid: "test" }] })
      }
      if (request.url === `${origin}/revoke`) return new Response()
      if (request.url !== `${origin}/token`) return undefined
      return tokens(granted ?? new URLSearchParams(await request.text()).get("scope"))
    },
  }
}

const origin = "https://issuer.test"

const encoded = (value: object): string => base64url(new TextEncoder().encode(JSON.stringify(value)))

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCodePoint(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "")
