import { bearerAuth, jwks, secret, verifiedTokenCache } from "@bearerkit/hono"
import type { Hono } from "hono"
import { base64url, type CryptoKey, importJWK, type JWK } from "jose"
import { joseByHand, protectedBy, request, requestWith, unprotectedApp } from "./by-hand.ts"
import { audience, issuer } from "./expected.ts"
import type { Check } from "./in-flight.ts"

/** What the Worker is told before it is measured. */
export interface Setup {
  readonly algorithm: "HS256" | "RS256" | "ES256" | "EdDSA"
  readonly tokens: ReadonlyArray<string>
  readonly jwk: JWK
}

/** What it is measured with: a Worker's clock stands still while it computes, so the time is taken outside. */
export interface Turn {
  readonly app: keyof Apps
  readonly count: number
}

interface Apps {
  readonly ours: Check
  readonly remembering: Check
  readonly jose: Check
  readonly unprotected: Check
  /** Requests that nobody answers: what all the others do besides. */
  readonly nothing: Check
}

let apps: Apps | undefined
let tokens: ReadonlyArray<string> = []
let at = 0

export default {
  fetch: async (asked: Request): Promise<Response> => {
    const body: unknown = await asked.json()
    await (new URL(asked.url).pathname === "/setup" ? setUp(body as Setup) : take(body as Turn))
    return new Response("done")
  },
}

const setUp = async (setup: Setup): Promise<void> => {
  const { algorithm } = setup
  const key = (await importJWK(setup.jwk, algorithm)) as CryptoKey
  tokens = setup.tokens
  apps = {
    ours: request(ourApp(setup)),
    remembering: request(ourApp(setup, verifiedTokenCache())),
    jose: request(protectedBy(joseByHand(key, algorithm))),
    unprotected: request(unprotectedApp()),
    nothing: async (token) => requestWith(token),
  }
  // warm, and no promise of this request is left for another one to wait for
  for (const token of tokens) for (const check of Object.values(apps)) await check(token)
}

const ourApp = ({ algorithm, jwk }: Setup, cache?: ReturnType<typeof verifiedTokenCache>): Hono => {
  const keys = algorithm === "HS256" ? secret(base64url.decode(jwk.k ?? "")) : jwks({ keys: [jwk] })
  return protectedBy(bearerAuth({ issuer, audience, keys, algorithms: [algorithm], cache }))
}

/** So many requests, one after the other, within one. */
const take = async ({ app, count }: Turn): Promise<void> => {
  const check = apps?.[app]
  if (check === undefined) throw new Error("it was not set up")
  for (let done = 0; done < count; done++) await check(tokens[at++ % tokens.length] ?? "")
}
