import { inspect } from "node:util"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { decodeJwt } from "jose"
import { noteMinted } from "../../../../scripts/leaks/note.ts"
import type { Flow } from "../../src/acquire/flow.ts"
import type { AcquireReason } from "../../src/errors/acquire-error.ts"
import { parseTarget, type TargetInput } from "../../src/model/target.ts"
import { presentedToken } from "../../src/model/token-set.ts"
import { decodeTokenSet, encodeTokenSet } from "../../src/model/token-set-json.ts"
import type { Client } from "../../src/protocol/client.ts"
import { acquireWithRetries } from "../../src/provide/renewal.ts"
import { observe } from "../support/observed.ts"
import { reasonOf } from "../support/reason.ts"
import { network, startTestIssuer } from "../support/world.ts"

/** What the laws are checked against: our issuer, or a server that shares nothing with this code. */
export interface LawServer {
  readonly url: string
  readonly countRequests: (path: string, method?: string) => number
  readonly audit: ReadonlyArray<{ readonly jti: string }>
  readonly minted: ReadonlyArray<string>
  readonly close: () => Promise<void>
}

/** A flow, or how to make one at a running server, anew for each token set. */
export type FlowInput = Flow | ((issuer: string) => Effect.Effect<Flow, unknown, Needs>)

export interface FlowCase {
  readonly flow: FlowInput
  readonly client: (issuer: string) => Client
  readonly target: TargetInput
  /** What the API will see. */
  readonly expected: {
    readonly audience: string
    readonly subject: RegExp
    readonly scope?: string
    readonly lifetime: number
    /** The key that the token is bound to. */
    readonly jkt?: string
  }
  /** The path that is asked. */
  readonly endpoint: string
  /** How often. @default 1 */
  readonly requests?: number
  /** How often by the flow itself, where a source of the program's asks as well. @default `requests` */
  readonly ownRequests?: number
  /** What a stopped server makes of it. @default "Unreachable" */
  readonly stopped?: AcquireReason["_tag"]
  /** The same flow with something wrong, and what the refusal is called. */
  readonly wrong: Wrong
}

export interface Wrong {
  readonly flow?: FlowInput
  readonly client?: (issuer: string) => Client
  /** @default Rejected */
  readonly reason?: string
  readonly code: string
}

/** What every flow promises, over a real server: by default the issuer. */
export const flowLaws = (name: string, make: () => FlowCase, start: () => Promise<LawServer> = startTestIssuer) => {
  let shared: LawServer
  const law = (title: string, body: (issuer: LawServer, its: FlowCase) => Effect.Effect<void, unknown, Needs>) =>
    it.live(title, () =>
      Effect.provide(
        Effect.suspend(() => body(shared, make())),
        network(),
      ),
    )
  const counting = (issuer: LawServer, { endpoint }: FlowCase) => {
    const before = issuer.countRequests(endpoint, "POST")
    return () => issuer.countRequests(endpoint, "POST") - before
  }
  const made = (flow: FlowInput, issuer: string) =>
    typeof flow === "function" ? Effect.orDie(flow(issuer)) : Effect.succeed(flow)
  const run = (flow: Flow, { client, target }: Pick<FlowCase, "client" | "target">, issuer: string) =>
    flow.acquire(client(issuer), Result.getOrThrow(parseTarget(target)))
  const acquire = (its: FlowCase, issuer: string) =>
    Effect.flatMap(made(its.flow, issuer), (flow) => run(flow, its, issuer))

  describe(`${name} keeps the laws of a flow`, () => {
    beforeAll(async () => {
      shared = await start()
      noteMinted(shared.minted)
    })
    afterAll(() => shared.close())

    law("yields a token for the target, by one request", (issuer, its) =>
      Effect.gen(function* () {
        const flow = yield* made(its.flow, issuer.url)
        const requests = counting(issuer, its)
        const before = yield* Clock.currentTimeMillis
        const set = yield* run(flow, its, issuer.url)
        const token = presentedToken(set)
        const claims = decodeJwt(Redacted.value(token.value))
        assert.strictEqual(claims.iss, issuer.url)
        assert.strictEqual(claims.aud, its.expected.audience)
        assert.match(claims.sub ?? "", its.expected.subject)
        if (its.expected.scope !== undefined) assert.strictEqual(claims["scope"], its.expected.scope)
        assert.strictEqual(token.type, its.expected.jkt === undefined ? "Bearer" : "DPoP")
        assert.deepStrictEqual(claims["cnf"], its.expected.jkt && { jkt: its.expected.jkt })
        assert.closeTo(token.expiresAt - before, its.expected.lifetime * 1000, 3000)
        assert.strictEqual(requests(), its.requests ?? 1)
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
        const flow = yield* made(its.wrong.flow ?? its.flow, issuer.url)
        const requests = counting(issuer, its)
        const error = yield* Effect.flip(run(flow, { ...its, ...its.wrong }, issuer.url))
        assert.strictEqual(error.reason._tag, its.wrong.reason ?? "Rejected")
        assert.strictEqual(error.explanation.code, its.wrong.code)
        assert.strictEqual(requests(), its.requests ?? 1)
        const printed = `${error.message} ${JSON.stringify(error)} ${inspect(error, { depth: 9 })}`
        for (const secret of issuer.minted) assert.notInclude(printed, secret)
      }),
    )

    it.live("fails as it must when the issuer is stopped", () =>
      Effect.gen(function* () {
        const issuer = yield* Effect.promise(start)
        const its = make()
        yield* acquire(its, issuer.url)
        const flow = yield* made(its.flow, issuer.url)
        yield* Effect.promise(() => issuer.close())
        const reason = yield* reasonOf(run(flow, its, issuer.url))
        assert.strictEqual(reason._tag, its.stopped ?? "Unreachable")
      }).pipe(Effect.provide(network())),
    )

    law("is observed: the span of the acquisition, the requests within, the count; and nothing secret", (issuer, its) =>
      Effect.gen(function* () {
        const observed = observe()
        const flow = yield* made(its.flow, issuer.url)
        const target = Result.getOrThrow(parseTarget(its.target))
        const client = its.client(issuer.url)
        const set = yield* Effect.provide(acquireWithRetries(flow, client, target), observed.layer)
        const span = observed.spans("oauth.token")
        const audience = [...target.audiences, ...target.resources].join(" ")
        const whose = { grant: flow.grant, issuer: issuer.url, client_id: client.clientId, audience }
        assert.deepStrictEqual(
          span.map(({ attributes, failure }) => ({ attributes, failure })),
          [{ attributes: whose, failure: undefined }],
        )
        const asked = observed.spans("http.request").filter(({ attributes }) => attributes["method"] === "POST")
        assert.strictEqual(asked.length, its.ownRequests ?? its.requests ?? 1)
        assert.strictEqual(observed.counted("acquired", { grant: flow.grant }), 1)
        const printed = JSON.stringify(observed.events)
        for (const secret of [...issuer.minted, Redacted.value(set.accessToken)]) assert.notInclude(printed, secret)
      }),
    )

    law("names itself, whose token it is and its replay rule, and no secret", (issuer, its) =>
      Effect.gen(function* () {
        const flow = yield* made(its.flow, issuer.url)
        assert.isNotEmpty(flow.grant)
        assert.include(["safe", "fresh-assertion", "never"], flow.replay)
        const printed = `${JSON.stringify(flow)} ${inspect(flow, { depth: 9 })}`
        assert.notMatch(printed, /correct horse|secret of|BEGIN/)
        for (const secret of issuer.minted) assert.notInclude(printed, secret)
      }),
    )
  })
}

type Needs = Layer.Success<ReturnType<typeof network>>
