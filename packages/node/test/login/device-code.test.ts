import type { Issuer } from "@bearerkit/issuer"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type DeviceLoginCode, deviceCode } from "../../src/index.ts"
import { caught, clientOf, orders, startPeopleIssuer, visit } from "../support/world.ts"

let issuer: Issuer
beforeAll(async () => {
  issuer = await startPeopleIssuer()
})
afterAll(() => issuer.close())

const tv = (onCode: (code: DeviceLoginCode) => void | Promise<void>, polls: Array<string> = []) =>
  clientOf(issuer, {
    clientId: "tv",
    target: { audience: orders, scope: "read" },
    flow: deviceCode({ onCode, onPoll: ({ outcome }) => void polls.push(outcome) }),
  })
/** Ends at a page of the issuer. */
const enter = (url: string, consent?: "refuse") => visit(url, consent).catch(() => undefined)

describe("a login on another device", () => {
  it("shows a code and where to enter it, tells of its polls, and brings the user", async () => {
    const shown: Array<DeviceLoginCode> = []
    const polls: Array<string> = []
    const entered = Promise.withResolvers<void>()
    await using client = tv((code) => {
      shown.push(code)
      entered.promise.then(() => enter(code.verificationUriComplete!))
    }, polls)
    const login = client.login()
    setImmediate(entered.resolve)
    const { user } = await login
    assert.strictEqual(user.idToken.split(".").length, 3)
    assert.match(shown[0]!.userCode, /^[A-Z]{4}-[A-Z]{4}$/)
    assert.isAbove(shown[0]!.expiresAt, Date.now())
    assert.isTrue(polls.every((outcome) => outcome === "pending"))
    const before = issuer.countRequests("/token")
    await client.token()
    assert.strictEqual(issuer.countRequests("/token"), before)
    await client.logout()
    assert.isUndefined(await client.user())
  })

  it("fails when the person refuses", async () => {
    await using client = tv((code) => void enter(code.verificationUriComplete!, "refuse"))
    assert.strictEqual((await caught(client.login())).code, "access_denied")
  })

  it("ends with what showing the code fails with, as nobody can enter it then", async () => {
    const reason = new Error("no screen")
    await using client = tv(() => Promise.reject(reason))
    assert.strictEqual(await client.login().catch((error: unknown) => error), reason)
  })

  it("ends on a signal with its reason", async () => {
    const controller = new AbortController()
    const reason = new Error("Ctrl-C")
    await using client = tv(() => controller.abort(reason))
    assert.strictEqual(await client.login({ signal: controller.signal }).catch((error: unknown) => error), reason)
  })
})
