import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { StoreError } from "../../src/errors/store-error.ts"
import { Http } from "../../src/http/client.ts"
import type { TokenSet } from "../../src/model/token-set.ts"
import { beginLogin, setKey, withSet } from "../../src/provide/login-record.ts"
import { type LoginStore, makeLoginStore } from "../../src/provide/login-store.ts"
import { makeRenewLogin, type Renewal } from "../../src/provide/renew-login.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"
import { setOf } from "../support/model-login.ts"
import { type Line, scripted, scriptedClient } from "../support/scripted.ts"
import { pass } from "../support/ticks.ts"

const target = { audiences: [], resources: [], scopes: [], organization: undefined }
const key = setKey(target, { dpop: undefined })

const answer = { access_token: "access-1", token_type: "Bearer", expires_in: 3600, refresh_token: "refresh-1" }
const answered = { json: answer }
const unusable = { json: { ...answer, expires_in: "soon" } }
const invalidGrant = { status: 400, json: { error: "invalid_grant" } }

const fresh = (refreshToken: string): TokenSet => ({
  ...setOf(refreshToken),
  accessToken: Redacted.make("access-of-another"),
  expiresAt: 86_400_000,
})

/** When another program comes in between, once, as if there were no lock. */
type Moment = "before the claim" | "after the claim" | "while the issuer is asked"

/** What another program does to the login. */
type Deed = (logins: LoginStore) => Effect.Effect<unknown, StoreError>

const ends: Deed = (logins) => logins.end()
const begins =
  (refreshToken: string): Deed =>
  (logins) =>
    logins.begin(beginLogin(fresh(refreshToken), key))
const renews =
  (refreshToken: string): Deed =>
  (logins) =>
    Effect.flatMap(logins.read, (stored) =>
      logins.replace(withSet(stored!.record, fresh(refreshToken), { key, now: 0 }), stored!.version),
    )

interface Story {
  readonly moment?: Moment
  readonly deed?: Deed
  readonly says?: ReadonlyArray<Line>
  readonly renewal?: Renewal
  readonly first?: TokenSet
  /** The store takes nothing any more when the issuer is asked. */
  readonly fills?: boolean
}

/** A login that is renewed while another program does something to it. */
const renewing = Effect.fnUntraced(function* (story: Story) {
  const {
    moment,
    deed = () => Effect.void,
    says = [answered],
    renewal,
    first = setOf("refresh-0"),
    fills = false,
  } = story
  const { network, sent } = scripted(...says)
  const script = yield* Effect.provide(Http, network)
  const store = yield* Effect.provide(TokenStore, memoryStoreLayer())
  const others = makeLoginStore(store, "login")
  let isFull = false
  let writes = 0
  let isDone = false
  const at = (now: Moment) =>
    Effect.suspend(() => {
      if (fills && now === "while the issuer is asked") isFull = true
      if (isDone || now !== moment) return Effect.void
      isDone = true
      return deed(others)
    })
  const full = new StoreError({ reason: { _tag: "StoreUnavailable", operation: "put" } })
  const logins: LoginStore = {
    ...others,
    replace: (record, expected) =>
      Effect.suspend(() => {
        writes += 1
        if (isFull) return Effect.fail(full)
        const written = Effect.andThen(at("before the claim"), others.replace(record, expected))
        return Effect.tap(written, () => at("after the claim"))
      }),
  }
  const ask: typeof script.ask = (...request) =>
    Effect.andThen(Effect.orDie(at("while the issuer is asked")), script.ask(...request))
  yield* others.begin(beginLogin(first, key))
  yield* pass(60_000, 1)
  const asked = (renewal?: Renewal) => makeRenewLogin(logins, scriptedClient, renewal)
  const renew = asked(
    renewal && ((...args) => Effect.andThen(Effect.orDie(at("while the issuer is asked")), renewal(...args))),
  )
  const token = Effect.gen(function* () {
    const fiber = yield* renew(target, undefined).pipe(
      Effect.match({
        onFailure: ({ explanation }) => explanation.code,
        onSuccess: ({ accessToken }) => Redacted.value(accessToken),
      }),
      Effect.provideService(Http, { ...script, ask }),
      Effect.provide(network),
      Effect.forkChild,
    )
    while (fiber.pollUnsafe() === undefined) yield* pass(1000, 1)
    // what is revoked is revoked in the background
    yield* pass(1000)
    return yield* Fiber.join(fiber)
  })
  const kept = Effect.map(
    others.read,
    (stored) => stored?.record.refreshToken && Redacted.value(stored.record.refreshToken),
  )
  const sentTo = (path: string, name: string) =>
    sent.filter(({ url }) => url.endsWith(path)).map(({ form }) => form.get(name))
  return {
    token,
    kept,
    spent: () => sentTo("/token", "refresh_token"),
    revoked: () => sentTo("/revoke", "token"),
    makeRoom: () => void (isFull = false),
    writes: () => writes,
  }
})

/** What a caller gets, what is kept, and what was sent to the issuer. */
const outcomeOf = Effect.fnUntraced(function* (story: Story) {
  const { token, kept, spent, revoked } = yield* renewing(story)
  return { token: yield* token, kept: yield* kept, spent: spent(), revoked: revoked() }
})

const nothing: Array<string | null> = []

describe("a renewal during which another program", () => {
  it.effect.each<readonly [Moment, string]>([
    ["before the claim", "refresh-0"],
    ["before the claim", "refresh-9"],
    ["after the claim", "refresh-9"],
  ])("has renewed the login %s spends nothing: %s", ([moment, kept]) =>
    Effect.gen(function* () {
      const outcome = yield* outcomeOf({ moment, deed: renews(kept) })
      assert.deepStrictEqual(outcome, { token: "access-of-another", kept, spent: nothing, revoked: nothing })
    }),
  )

  it.effect.each<readonly [Moment]>([["before the claim"], ["after the claim"]])(
    "has ended the login %s spends nothing",
    ([moment]) =>
      Effect.gen(function* () {
        const outcome = yield* outcomeOf({ moment, deed: ends })
        assert.deepStrictEqual(outcome, { token: "login_required", kept: undefined, spent: nothing, revoked: nothing })
      }),
  )

  const moment = "while the issuer is asked"

  it.effect("has renewed the login too leaves its result in place", () =>
    Effect.gen(function* () {
      const outcome = yield* outcomeOf({ moment, deed: renews("refresh-9") })
      assert.deepStrictEqual(outcome, {
        token: "access-of-another",
        kept: "refresh-9",
        spent: ["refresh-0"],
        revoked: nothing,
      })
    }),
  )

  it.effect("has signed somebody in hands out none of that person's tokens", () =>
    Effect.gen(function* () {
      const { token, kept, revoked } = yield* renewing({ moment, deed: begins("refresh-9") })
      assert.strictEqual(yield* token, "login_required")
      assert.strictEqual(yield* kept, "refresh-9")
      assert.deepStrictEqual(revoked(), ["refresh-1"])
    }),
  )

  it.effect("has ended the login revokes what came, if that is anything", () =>
    Effect.gen(function* () {
      const ended = yield* outcomeOf({ moment, deed: ends })
      assert.deepStrictEqual(ended, {
        token: "login_required",
        kept: undefined,
        spent: ["refresh-0"],
        revoked: ["refresh-1"],
      })
      const { refreshToken: _, ...first } = setOf("")
      const { refreshToken: _none, ...renewed } = fresh("")
      const without = yield* outcomeOf({ moment, deed: ends, first, renewal: () => Effect.succeed(renewed) })
      assert.deepStrictEqual(without, { token: "login_required", kept: undefined, spent: nothing, revoked: nothing })
    }),
  )

  const renewal: Renewal = () => Effect.die("nobody is signed in")
  it.effect.each([[undefined], [renewal]])("has ended the login that is refused needs nothing more", ([renewal]) =>
    Effect.gen(function* () {
      const outcome = yield* outcomeOf({ moment, deed: ends, says: [invalidGrant], ...(renewal && { renewal }) })
      assert.deepStrictEqual(outcome, {
        token: "login_required",
        kept: undefined,
        spent: ["refresh-0"],
        revoked: nothing,
      })
    }),
  )

  it.effect("has begun a login with the same refresh token ends only its own, if it is refused", () =>
    Effect.gen(function* () {
      const same: Deed = (logins) => logins.begin(beginLogin(setOf("refresh-0"), key))
      const outcome = yield* outcomeOf({ moment, deed: same, says: [invalidGrant, answered] })
      assert.deepStrictEqual(outcome, {
        token: "access-1",
        kept: "refresh-1",
        spent: ["refresh-0", "refresh-0"],
        revoked: nothing,
      })
    }),
  )
})

describe("the refresh token of an answer of which nothing else can be used", () => {
  it.effect("is kept, and not revoked", () =>
    Effect.gen(function* () {
      const outcome = yield* outcomeOf({ says: [unusable] })
      assert.deepStrictEqual(outcome, {
        token: "malformed_response",
        kept: "refresh-1",
        spent: ["refresh-0"],
        revoked: nothing,
      })
    }),
  )

  it.effect("is written later where the store cannot take it, before anything is sent", () =>
    Effect.gen(function* () {
      const { token, kept, spent, makeRoom } = yield* renewing({ fills: true, says: [unusable, unusable] })
      assert.strictEqual(yield* token, "store_unavailable")
      assert.strictEqual(yield* kept, "refresh-0")
      assert.strictEqual(yield* token, "store_unavailable")
      makeRoom()
      assert.strictEqual(yield* token, "store_unavailable")
      assert.strictEqual(yield* kept, "refresh-1")
      assert.deepStrictEqual(spent(), ["refresh-0", "refresh-1"])
    }),
  )
})

it.effect("a login is written twice for each renewal, before the refresh token is spent and after it", () =>
  Effect.gen(function* () {
    const { refresh_token: _, ...brief } = { ...answer, expires_in: 1 }
    const { token, writes, spent } = yield* renewing({ says: [{ json: brief }] })
    for (const times of [2, 4, 6]) {
      assert.strictEqual(yield* token, "access-1")
      assert.strictEqual(writes(), times)
    }
    assert.deepStrictEqual(spent(), ["refresh-0", "refresh-0", "refresh-0"])
  }),
)

it.effect("a login of which no ID token is known is renewed by an answer that has one", () =>
  Effect.gen(function* () {
    const outcome = yield* outcomeOf({ says: [{ json: { ...answer, id_token: "a.b.c" } }] })
    assert.deepStrictEqual(outcome, { token: "access-1", kept: "refresh-1", spent: ["refresh-0"], revoked: nothing })
  }),
)
