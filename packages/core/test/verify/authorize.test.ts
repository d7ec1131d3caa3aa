import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { describe, expect, test } from "vitest"
import { httpLayer } from "../../src/http/client.ts"
import { sharedFlights as flights, sharedFlightsLayer } from "../../src/http/single-flight.ts"
import { watchedFlights } from "../../src/http/watched-flights.ts"
import { startAuthorizer } from "../../src/promise/authorizer.ts"
import { BearerError } from "../../src/promise/bearer-error.ts"
import { discoveryLayer } from "../../src/protocol/discovery.ts"
import { type Authorizer, makeAuthorizer } from "../../src/verify/authorize.ts"
import type { AuthorizeOptions } from "../../src/verify/authorize-options.ts"
import { jwks } from "../../src/verify/jwks.ts"
import { scopesRequired } from "../../src/verify/requirements.ts"
import { secret } from "../../src/verify/secret.ts"
import { audience, encode, issuer, makeSigner, mint } from "./mint.ts"
import { start, within } from "./outcome.ts"
import { inVirtualTime } from "./virtual-time.ts"

const signer = makeSigner("HS256")
const token = mint(signer)
const network = discoveryLayer.pipe(Layer.provideMerge(Layer.merge(httpLayer(), sharedFlightsLayer)))
const authorizerWith = (options: Partial<AuthorizeOptions> = {}): Promise<Authorizer> =>
  Effect.runPromise(
    Effect.provide(makeAuthorizer({ issuer, audience, keys: signer.keys, ...options } as AuthorizeOptions), network),
  )

/** As much of a request as any framework can give. */
const request = (headers: Readonly<Record<string, string>>, method = "GET") => ({
  method,
  url: "https://api.example/orders",
  headers: { get: (name: string) => headers[name] ?? null },
})

describe("a request that is no framework's", () => {
  test("is judged at once where the keys are at hand", async () => {
    const { authorize } = await authorizerWith()
    const authorized = authorize(request({ authorization: `Bearer ${token}` }))
    if (authorized instanceof Promise || !("_tag" in authorized)) throw new Error("it took time")
    const caller = Result.getOrThrow(authorized)
    expect(caller).toMatchObject({ scheme: "Bearer", principal: { subject: "alice", clientId: "shop" } })
    expect(caller && Redacted.value(caller.token)).toBe(token)
    expect(JSON.stringify(caller)).not.toContain(token.slice(-20))
  })

  test("waits five seconds for what says whether its token is revoked", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* start
        const isRevoked = (): Promise<boolean> => new Promise(() => {})
        const options = { issuer, audience, keys: signer.keys, isRevoked }
        const { authorize } = yield* Effect.provide(makeAuthorizer(options), network)
        const authorized = Effect.promise(async () => authorize(request({ authorization: `Bearer ${token}` })))
        expect(yield* within(5, authorized)).toMatchObject({
          failure: { status: 503, reason: { _tag: "CheckUnavailable", check: "revocation" } },
        })
      }),
    ))

  test("is refused as data that an adapter only writes out", async () => {
    const { authorize } = await authorizerWith({ realm: "orders" })
    const forged = `${token.slice(0, token.lastIndexOf("."))}.${encode(Buffer.alloc(32, 1))}`
    const authorized = await authorize(request({ authorization: `Bearer ${forged}` }))
    expect(Result.isFailure(authorized) && authorized.failure).toEqual({
      status: 401,
      challenges: [
        'Bearer realm="orders", error="invalid_token", error_description="The access token is not valid here."',
      ],
      headers: { "cache-control": "no-store" },
      problem: {
        type: "about:blank",
        title: "Unauthorized",
        status: 401,
        detail: "The access token is not valid here.",
        error: "invalid_token",
      },
      reason: { _tag: "SignatureMismatch" },
    })
  })

  test("lets a route demand more of the caller it let in", async () => {
    const { authorize, demand } = await authorizerWith()
    const caller = Result.getOrThrow(await authorize(request({ authorization: `Bearer ${token}` })))
    expect(demand(caller, Result.getOrThrow(scopesRequired(["read:orders"])))).toBeUndefined()
    const more = Result.getOrThrow(scopesRequired(["delete:orders"]))
    expect(demand(caller, more)).toMatchObject({ status: 403, reason: { _tag: "InsufficientScope" } })
    expect(demand(undefined, more)).toMatchObject({ status: 401, challenges: ["Bearer"] })
  })
})

describe("what adapters start", () => {
  test("is there at once on Node, and wrong options are thrown", () => {
    expect(startAuthorizer({ issuer, audience, keys: signer.keys }, { flights })).not.toBeInstanceOf(Promise)
    expect(() => startAuthorizer({ issuer, audience: "" }, { flights })).toThrow(BearerError)
    expect(() => startAuthorizer({ issuer, audience, keys: secret("short") }, { flights })).toThrow("needs at least 32")
    const foreign = jwks({ keys: makeSigner("ES256").published })
    expect(() => startAuthorizer({ issuer, audience, keys: foreign, algorithms: ["RS256"] }, { flights })).toThrow(
      "none that can",
    )
  })

  test("needs no issuer document where its metadata is given", async () => {
    const asked: Array<string> = []
    const authorizer = await startAuthorizer(
      { issuer, audience },
      {
        metadata: { issuer, jwksUri: `${issuer}/keys` },
        fetch: async (input) => {
          asked.push(String(input))
          return Response.json({ keys: makeSigner("ES256").published })
        },
        flights: watchedFlights,
      },
    )
    const bad = mint(makeSigner("ES256"), { header: { kid: "unknown" } })
    expect(await authorizer.authorize(request({ authorization: `Bearer ${bad}` }))).toMatchObject({ _tag: "Failure" })
    expect(asked).toEqual([`${issuer}/keys`])
  })
})
