import { inspect } from "node:util"
import type { Issuer } from "@bearerkit/issuer"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { decodeJwt } from "jose"
import type { Flow } from "../../src/acquire/flow.ts"
import { parseTarget, type TargetInput } from "../../src/model/target.ts"
import { presentedToken } from "../../src/model/token-set.ts"
import { decodeTokenSet, encodeTokenSet } from "../../src/model/token-set-json.ts"
import type { Client } from "../../src/protocol/client.ts"
import { reasonOf } from "../support/reason.ts"
import { network, startTestIssuer } from "../support/world.ts"

export interface FlowCase {
  readonly flow: Flow
  readonly client: (issuer: string) => Client
  readonly target: TargetInput
  /** What the API will see. */
  readonly expected: {
    readonly audience: string
    readonly subject: RegExp
    readonly scope?: string
    readonly lifetime: number
  }
  /** The path that is asked. */
  readonly endpoint: string
  /** The same flow with something wrong, and what the refusal is called. */
  readonly wrong: { readonly flow?: Flow; readonly client?: (issuer: string) => Client; readonly code: string }
}

/** What every flow promises, over the real issuer. */
export const flowLaws = (name: string, make: () => FlowCase) => {
  let shared: Issuer
  const law = (title: string, body: (issuer: Issuer, its: FlowCase) => Effect.Effect<void, unknown, Needs>) =>
    it.live(title, () =>
      Effect.provide(
        Effect.suspend(() => body(shared, make())),
        network(),
      ),
    )
  const counting = (issuer: Issuer, { endpoint }: FlowCase) => {
    const before = issuer.countRequests(endpoint, "POST")
    return () => issuer.countRequests(endpoint, "POST") - before
  }
  const acquire = ({ flow, client, target }: Pick<FlowCase, "client" | "flow" | "target">, issuer: string) =>
    flow.acquire(client(issuer), Result.getOrThrow(parseTarget(target)))

  describe(`${name} keeps the laws of a flow`, () => {
    beforeAll(async () => {
      shared = await startTestIssuer()
    })
    afterAll(() => shared.close())

    law("yields a token for the target, by one request", (issuer, its) =>
      Effect.gen(function* () {
        const requests = counting(issuer, its)
        const before = yield* Clock.currentTimeMillis
        const set = yield* acquire(its, issuer.url)
        const token = presentedToken(set)
        const claims = decodeJwt(Redacted.value(token.value))
        assert.strictEqual(claims.iss, issuer.url)
        assert.strictEqual(claims.aud, its.expected.audience)
        assert.match(claims.sub ?? "", its.expected.subject)
        if (its.expected.scope !== undefined) assert.strictEqual(claims["scope"], its.expected.scope)
        assert.strictEqual(token.type, "Bearer")
        assert.closeTo(token.expiresAt - before, its.expected.lifetime * 1000, 3000)
        assert.strictEqual(requests(), 1)
        assert.isTrue(issuer.audit.some((entry) => entry.jti === claims.jti))
      }),
    )

    law("yields a new token each time: it keeps nothing", (issuer, its) =>
      Effect.gen(function* () {
        const one = presentedToken(yield* acquire(its, issuer.url))
        const two = presentedToken(yield* acquire(its, issuer.url))
        assert.notStrictEqual(Redacted.value(one.value), Redacted.value(two.value))
      }),
    )

    law("yields a token set that survives a store", (issuer, its) =>
      Effect.gen(function* () {
        const set = yield* acquire(its, issuer.url)
        const back = Result.getOrThrow(decodeTokenSet(encodeTokenSet(set)))
        assert.strictEqual(encodeTokenSet(back), encodeTokenSet(set))
        assert.notInclude(JSON.stringify(set), Redacted.value(set.accessToken))
      }),
    )

    law("says why it was refused, without a secret, and asks once", (issuer, its) =>
      Effect.gen(function* () {
        const requests = counting(issuer, its)
        const error = yield* Effect.flip(acquire({ ...its, ...its.wrong }, issuer.url))
        assert.strictEqual(error.reason._tag, "Rejected")
        assert.strictEqual(error.explanation.code, its.wrong.code)
        assert.strictEqual(requests(), 1)
        const printed = `${error.message} ${JSON.stringify(error)} ${inspect(error, { depth: 9 })}`
        for (const secret of issuer.minted) assert.notInclude(printed, secret)
      }),
    )

    it.live("fails as unreachable when the issuer is stopped", () =>
      Effect.gen(function* () {
        const issuer = yield* Effect.promise(startTestIssuer)
        yield* acquire(make(), issuer.url)
        yield* Effect.promise(() => issuer.close())
        const reason = yield* reasonOf(acquire(make(), issuer.url))
        assert.strictEqual(reason._tag, "Unreachable")
      }).pipe(Effect.provide(network())),
    )

    it("names itself and its replay rule, and no secret", () => {
      const { flow } = make()
      assert.isNotEmpty(flow.grant)
      assert.include(["safe", "fresh-assertion", "never"], flow.replay)
      assert.notMatch(JSON.stringify(flow), /correct horse|secret of|BEGIN/)
    })
  })
}

type Needs = Layer.Success<ReturnType<typeof network>>
