import { afterEach, describe, expect, it, vi } from "vitest"
import { type ClientObserver, clientObserver, cookie, type TelemetryEvent } from "../src/index.ts"
import { fakePage } from "../src/testing/fake-page.ts"
import { makeTestClient } from "../src/testing/index.ts"
import { makeFakeWorld } from "./support/fake-world.ts"

const watched = (observer: ClientObserver): ReadonlyArray<TelemetryEvent> => {
  const events: Array<TelemetryEvent> = []
  observer.subscribe((event) => void events.push(event))
  return events
}
const spans = (events: ReadonlyArray<TelemetryEvent>) =>
  events.flatMap((event) => (event.type === "span" ? [event.name] : []))

describe("the observer of a client", () => {
  afterEach(() => vi.restoreAllMocks())

  it("is told what the client does, and by target what is known of its tokens, but no token", async () => {
    const observer = clientObserver()
    const events = watched(observer)
    const target = { audience: "orders", scope: "openid read" }
    const { client, advance } = await makeTestClient({ claims: { sub: "ada" }, lifetime: 60_000, target, observer })
    expect(observer.tokens()).toEqual([])
    await client.ready()
    expect(spans(events)).toContain("oauth.token")
    const first = await client.token()
    const [known, ...others] = observer.tokens()
    expect(others).toEqual([])
    expect(known).toMatchObject({ target: { audiences: ["orders"], scopes: ["openid", "read"] }, type: "Bearer" })
    expect(known?.left).toBeGreaterThan(50_000)
    void advance(30_000)
    expect(observer.tokens()[0]?.left).toBeLessThan(25_000)
    void advance(40_000)
    const second = await client.token()
    expect(spans(events)).toContain("oauth.renew_login")
    await client.logout()
    expect(observer.tokens()).toEqual([])
    for (const token of [first, second]) expect(JSON.stringify([events, known])).not.toContain(token)
    await client.close()
  })

  it("is told of warnings beside the console, and harms nobody when it throws", async () => {
    const written = vi.spyOn(console, "warn").mockImplementation(() => {})
    const observer = clientObserver()
    observer.subscribe(() => {
      throw new Error("the panel is broken")
    })
    const events = watched(observer)
    const world = await makeFakeWorld({ observer, storage: cookie() })
    const client = world.make(fakePage("https://app.test/"))
    await client.ready()
    expect(events).toContainEqual({ type: "warning", message: expect.stringMatching(/^script-readable-cookie: /) })
    expect(written).toHaveBeenCalledWith(expect.stringContaining("script-readable-cookie"))
    await client.close()
  })

  it("is told nothing any more by who has stopped", async () => {
    const observer = clientObserver()
    const seen: Array<TelemetryEvent> = []
    observer.subscribe((event) => void seen.push(event))()
    const { client } = await makeTestClient({ claims: { sub: "ada" }, observer })
    await client.ready()
    expect(seen).toEqual([])
    await client.close()
  })
})
