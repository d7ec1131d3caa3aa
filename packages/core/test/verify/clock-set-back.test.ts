import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, test } from "vitest"
import { httpLayer } from "../../src/http/client.ts"
import { sharedFlightsLayer } from "../../src/http/single-flight.ts"
import { discoveryLayer } from "../../src/protocol/discovery.ts"
import { introspection } from "../../src/verify/introspected-token.ts"
import { tenants } from "../../src/verify/trusted-issuers.ts"
import { scripted, scriptedClient, scriptedIssuer } from "../support/scripted.ts"
import { keyServer, remoteVerifier } from "./key-server.ts"
import { audience, makeSigner, nowSeconds } from "./mint.ts"
import { outcome, start, token } from "./outcome.ts"
import { inVirtualTime, wallClock } from "./virtual-time.ts"

const [old, next] = [makeSigner("ES256", "old"), makeSigner("ES256", "next")]
const hour = 3_600_000

describe("a clock that is set back", () => {
  test("prolongs no pause after a failure", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* start
        const { wall, layer } = yield* wallClock
        const server = yield* keyServer(old.published)
        server.answer = (response) => response.writeHead(503).end()
        const verifier = yield* Effect.provide(remoteVerifier(server), layer)
        wall.millisAhead = hour
        expect(yield* outcome(verifier, token(server, old))).toMatchObject({ _tag: "KeysUnavailable" })
        wall.millisAhead = 0
        server.answer = undefined
        yield* TestClock.adjust("1 second")
        expect(yield* outcome(verifier, token(server, old))).toBe("accepted")
      }),
    ))

  test("prolongs the life of no key", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* start
        const { wall, layer } = yield* wallClock
        const server = yield* keyServer(old.published)
        const verifier = yield* Effect.provide(remoteVerifier(server), layer)
        wall.millisAhead = hour
        expect(yield* outcome(verifier, token(server, old))).toBe("accepted")
        wall.millisAhead = 0
        server.keys = next.published
        yield* TestClock.adjust("10 minutes")
        expect(yield* outcome(verifier, token(server, old))).toMatchObject({ _tag: "KeyNotFound" })
      }),
    ))

  test("prolongs no answer about an opaque token", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* start
        const { wall, layer } = yield* wallClock
        const active = { active: true, iss: scriptedIssuer, aud: audience, sub: "alice", exp: nowSeconds() + 86_400 }
        const { network } = scripted({ json: active }, { json: { active: false } })
        const verifier = yield* introspection({ ...scriptedClient, audience }).open.pipe(
          Effect.provide(Layer.mergeAll(network, sharedFlightsLayer, layer)),
        )
        wall.millisAhead = hour
        expect(yield* outcome(verifier, "opaque")).toBe("accepted")
        wall.millisAhead = 0
        yield* TestClock.adjust("30 seconds")
        expect(yield* outcome(verifier, "opaque")).toMatchObject({ _tag: "TokenInactive" })
      }),
    ))

  test("prolongs the trust in no tenant", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* start
        const { wall, layer } = yield* wallClock
        const server = yield* keyServer(old.published)
        const network = discoveryLayer.pipe(Layer.provideMerge(Layer.merge(httpLayer(), sharedFlightsLayer)))
        let ours = true
        const verifier = yield* tenants((issuer) => (ours ? { issuer, audience } : undefined)).open.pipe(
          Effect.provide(Layer.merge(network, layer)),
        )
        wall.millisAhead = hour
        expect(yield* outcome(verifier, token(server, old))).toBe("accepted")
        wall.millisAhead = 0
        ours = false
        yield* TestClock.adjust("10 minutes")
        expect(yield* outcome(verifier, token(server, old))).toMatchObject({ _tag: "ClaimMismatch", claim: "iss" })
      }),
    ))
})
