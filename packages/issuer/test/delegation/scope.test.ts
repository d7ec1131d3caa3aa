import { assert, array, asyncProperty, constantFrom, property, record, subarray } from "fast-check"
import { decodeJwt } from "jose"
import { describe, expect, test } from "vitest"

import { grantedScopes, type Step } from "../../src/delegation/scope.ts"
import { as, exchange, exchangeConfig, startExchange } from "../support/exchange.ts"
import { type Answer, PASSWORD, SECRET } from "../support/issuer.ts"

const NAMES = ["read", "write", "list", "pay"]

const apis = [
  { audience: "a", scopes: ["read", "write", "list"] },
  { audience: "b", scopes: ["pay"] },
  { audience: "c", scopes: ["read", "write", "pay"] },
  { audience: "d", scopes: [] },
] as const

const anyApi = constantFrom(...apis)
const anyScopes = subarray(NAMES)
const anyRequest = record({ api: anyApi, requested: anyScopes, allowed: anyScopes })

interface Request {
  readonly api: (typeof apis)[number]
  readonly requested: ReadonlyArray<string>
  readonly allowed: ReadonlyArray<string>
}

/** What a chain of exchanges grants: the last token first. */
const walk = (start: Step, requests: ReadonlyArray<Request>): ReadonlyArray<Step> => {
  const chain = [start]
  for (const { api, requested, allowed } of requests) {
    const client = { scopes: new Set(allowed) }
    const scopes = grantedScopes({ requested: new Set(requested), api, client, chain })
    chain.unshift({ audience: api.audience, scopes })
  }
  return chain
}

const isWithin = (step: Step, limit: Step): boolean => step.scopes.every((scope) => limit.scopes.includes(scope))

/** The tokens of a chain that were for the API of a later one, or share a name with it. */
const limitsOf = ({ audience }: Step, before: ReadonlyArray<Step>): ReadonlyArray<Step> => {
  const names: ReadonlyArray<string> = apis.find((api) => api.audience === audience)?.scopes ?? []
  return before.filter((step) => step.audience === audience || step.scopes.some((scope) => names.includes(scope)))
}

const anyStart = record({ audience: constantFrom("a", "b", "c", "d", undefined), scopes: anyScopes })
const anyWay = array(anyRequest, { minLength: 1, maxLength: 4 })

describe("scope can only shrink", () => {
  test("nothing is granted that the API does not know, the client may not have, or nobody asked for", () => {
    assert(
      property(anyStart, anyWay, (start, requests) => {
        const last = walk(start, requests)[0]!
        const { api, allowed, requested } = requests.at(-1)!
        expect(isWithin(last, api) && isWithin(last, { audience: "", scopes: allowed })).toBe(true)
        expect(requested.length === 0 || isWithin(last, { audience: "", scopes: requested })).toBe(true)
      }),
    )
  })

  test("nobody gets more than any earlier token of the chain had at that API, or under a name it shares", () => {
    assert(
      property(anyStart, anyWay, (start, requests) => {
        const [last, ...before] = walk(start, requests)
        expect(limitsOf(last!, before).every((limit) => isWithin(last!, limit))).toBe(true)
      }),
    )
  })

  test("a detour never gives more than the direct way", () => {
    assert(
      property(anyStart, array(anyRequest, { maxLength: 3 }), anyRequest, (start, detour, last) => {
        // Without a request the scope of the last token is asked for, which is another question.
        const asking = { ...last, requested: [...last.requested, "none"] }
        const [direct] = walk(start, [asking])
        const [around] = walk(start, [...detour, asking])
        expect(isWithin(around!, direct!)).toBe(true)
      }),
    )
  })

  test("holds on the wire, whatever the way", async () => {
    const clients = [{ id: "web", secret: SECRET, grants: ["client_credentials", "token-exchange"] }]
    await using issuer = await startExchange({
      config: { ...exchangeConfig, clients, apis: apis.map(({ audience, scopes }) => ({ audience, scopes })) },
    })
    const steps = array(record({ api: anyApi, requested: anyScopes }), { minLength: 1, maxLength: 4 })
    await assert(
      asyncProperty(anyApi, anyScopes, steps, async (first, scopes, requests) => {
        const form = { grant_type: "client_credentials", audience: first.audience, scope: scopes.join(" ") }
        const started = await as(issuer, "web", form)
        if (isRefused(started)) return
        let subject_token = String(started.body["access_token"])
        const chain = [stepOf(subject_token)]
        for (const { api, requested } of requests) {
          const asked = { subject_token, audience: api.audience, scope: requested.join(" ") }
          const answer = await exchange(issuer, "web", asked)
          if (isRefused(answer)) continue
          const { body } = answer
          subject_token = String(body["access_token"])
          const step = stepOf(subject_token)
          expect(String(body["scope"] ?? "")).toBe(step.scopes.join(" "))
          expect(limitsOf(step, chain).every((limit) => isWithin(step, limit))).toBe(true)
          chain.unshift(step)
        }
      }),
      { numRuns: 60 },
    )
  })
})

/** Of what was asked for nothing may be granted. */
const isRefused = ({ body }: Answer): boolean => body["error"] === "invalid_scope"

describe("the rule, by example", () => {
  const write = { requested: new Set(["read", "write"]), client: { scopes: undefined } }

  test("without a request: what the subject token and the API have in common", () => {
    const chain = [{ audience: "a", scopes: ["read", "list"] }]
    expect(grantedScopes({ ...write, requested: new Set(), api: apis[2], chain })).toEqual(["read"])
  })

  test("an API with other names: what the API and the client allow", () => {
    const chain = [{ audience: "b", scopes: ["pay"] }]
    expect(grantedScopes({ ...write, api: apis[0], chain })).toEqual(["read", "write"])
  })

  test("the same API without scope: nothing", () => {
    const chain = [{ audience: "a", scopes: [] }]
    expect(grantedScopes({ ...write, api: apis[0], chain })).toEqual([])
  })

  test("on the wire the answer says what was granted", async () => {
    await using issuer = await startExchange()
    const login = { grant_type: "password", username: "alice", password: PASSWORD }
    const narrow = await as(issuer, "narrow", { ...login, audience: "reports", scope: "read list" })
    expect(narrow.body["scope"]).toBe("read")
    const subject_token = String(narrow.body["access_token"])
    const { body } = await exchange(issuer, "narrow", { subject_token, scope: "read list" })
    expect(body["scope"]).toBe("read")
  })
})

const stepOf = (token: string): Step => {
  const { aud, scope } = decodeJwt(token)
  return { audience: String(aud), scopes: typeof scope === "string" ? scope.split(" ") : [] }
}
