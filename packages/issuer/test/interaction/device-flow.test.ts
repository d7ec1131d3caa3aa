import { decodeJwt } from "jose"
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest"

import { type Issuer } from "../../src/index.ts"
import { Browser, type Page } from "../support/browser.ts"
import { type Answer, config, type Form, post, read, REPORTS, start } from "../support/issuer.ts"
import { alice, passPages } from "../support/login.ts"

const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
const tv = { id: "tv", name: "TV <b>", grants: ["device-code", "refresh_token"] }
let time = Date.UTC(2026, 0, 1)
let issuer: Issuer

beforeAll(async () => {
  issuer = await start({
    now: () => time,
    config: { ...config, clients: [...config.clients, tv], deviceFlow: { interval: 2, slowDown: true } },
  })
})
afterAll(() => issuer.close())
beforeEach(() => {
  time += 60_000
})

const begin = async (form: Form = {}): Promise<Record<string, string>> => {
  const asked = { client_id: "tv", scope: "openid read offline_access", audience: REPORTS, ...form }
  const { status, body } = await post(issuer, "/device/auth", asked)
  expect(status).toBe(200)
  return body as Record<string, string>
}

const poll = (code: Record<string, string>): Promise<Answer> => {
  time += 60_000
  return post(issuer, "/token", { client_id: "tv", grant_type: DEVICE_CODE, device_code: String(code["device_code"]) })
}

const type = async (browser: Browser, userCode: string): Promise<Page> => {
  const page = await browser.open(issuer.url, "/device")
  return browser.submit(page, { user_code: userCode })
}

test("the answer has all that a device needs (RFC 8628 §3.2)", async () => {
  const code = await begin()
  expect(code).toEqual({
    device_code: expect.any(String),
    user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
    verification_uri: `${issuer.url}/device`,
    verification_uri_complete: `${issuer.url}/device?user_code=${code["user_code"]}`,
    expires_in: 600,
    interval: 2,
  })
  const { body } = await read(await fetch(`${issuer.url}/.well-known/openid-configuration`))
  expect(body["device_authorization_endpoint"]).toBe(`${issuer.url}/device/auth`)
})

test("a person types the code, confirms, logs in and agrees; the device gets its tokens once", async () => {
  const code = await begin()
  expect(await poll(code)).toMatchObject({ status: 400, body: { error: "authorization_pending" } })
  const browser = new Browser()
  const input = await browser.open(issuer.url, "/device")
  expect(input.headers.get("content-security-policy")).toMatch(/default-src 'none'/)
  expect(input.text).toMatch(/<label for="user_code">/)

  const confirm = await browser.submit(input, { user_code: code["user_code"]!.toLowerCase().replace("-", " ") })
  expect(confirm.text).toContain("TV &lt;b&gt;")
  expect(confirm.text).toContain(code["user_code"])
  const done = await passPages(browser, await browser.submit(confirm))
  expect(done.text).toContain("The device is connected")

  const { status, body } = await poll(code)
  expect(status).toBe(200)
  expect(decodeJwt(String(body["access_token"]))).toMatchObject({ aud: REPORTS, scope: "read", acr: "pwd" })
  expect(body).toMatchObject({ id_token: expect.any(String), refresh_token: expect.any(String) })
  expect(issuer.audit.at(-1)).toMatchObject({ client: "tv", grant: DEVICE_CODE })
  expect(await poll(code)).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
})

test("the complete address brings the code along, and still asks", async () => {
  const code = await begin()
  const browser = new Browser()
  const confirm = await browser.open(issuer.url, code["verification_uri_complete"]!)
  expect(confirm.text).toContain("Is this your device?")
  expect((await passPages(browser, await browser.submit(confirm))).text).toContain("The device is connected")
  expect((await poll(code)).status).toBe(200)
})

describe("a person can refuse", () => {
  test("on the page that shows the code", async () => {
    const code = await begin()
    const browser = new Browser()
    const refused = await browser.submit(await type(browser, code["user_code"]!), { abort: "yes" })
    expect(refused.text).toMatch(/role="alert">The device was refused/)
    expect(await poll(code)).toMatchObject({ status: 400, body: { error: "access_denied" } })
  })

  test.each([["login"], ["consent"]])("on the %s page", async (name) => {
    const code = await begin()
    const browser = new Browser()
    const login = await browser.submit(await type(browser, code["user_code"]!))
    const page = name === "login" ? login : await browser.submit(login, alice)
    const refused = await browser.press(page, "abort")
    expect(refused.text).toMatch(/role="alert">The device was refused/)
    expect(await poll(code)).toMatchObject({ status: 400, body: { error: "access_denied" } })
  })
})

describe("a code that is not right is said on the page", () => {
  test.each([
    ["", /Give the code/],
    ["XXXX-XXXX", /There is no such code/],
    ["<script>", /There is no such code/],
  ])("%j", async (userCode, problem) => {
    const page = await type(new Browser(), userCode)
    expect(page.status).toBe(400)
    expect(page.text).toMatch(problem)
    expect(page.text).not.toContain("<script>")
  })

  test("used already", async () => {
    const code = await begin()
    const browser = new Browser()
    await browser.submit(await type(browser, code["user_code"]!), { abort: "yes" })
    expect((await type(browser, code["user_code"]!)).text).toMatch(/used already/)
  })

  test("from another browser, which begins again", async () => {
    const code = await begin()
    const page = await new Browser().open(issuer.url, "/device")
    const empty = await new Browser().submit(page, { user_code: code["user_code"]! })
    expect(empty.text).toContain("Connect a device")
    const other = new Browser()
    await other.open(issuer.url, "/device")
    const forged = await other.submit(page, { user_code: code["user_code"]!, confirm: "yes" })
    expect(forged).toMatchObject({ status: 400, text: expect.stringContaining("This did not work.") })
    expect(await poll(code)).toMatchObject({ body: { error: "authorization_pending" } })
  })

  test("after a restart of the issuer, which forgot the browser's session: it begins again", async () => {
    const before = await start({ config: { ...config, clients: [tv] } })
    const browser = new Browser()
    const page = await browser.open(before.url, "/device")
    await before.close()
    await using after = await start({ config: { ...config, clients: [tv] }, port: Number(page.url.port) })
    expect(await browser.submit(page, { user_code: "BCDF-GHJK" })).toMatchObject({
      status: 200,
      text: expect.stringContaining("Connect a device"),
    })
    expect(after.url).toBe(before.url)
  })

  test.each(["x", "%ff", "auth"])(
    "on the way back from a login that nobody began: /device/%s begins again",
    async (uid) => {
      const page = await new Browser().open(issuer.url, `/device/${uid}`)
      expect(page).toMatchObject({ status: 200, text: expect.stringContaining("Connect a device") })
    },
  )
})

test("a client without the grant, and an unknown audience", async () => {
  const form = { client_id: "narrow", client_secret: "x" }
  expect((await post(issuer, "/device/auth", form)).status).toBe(401)
  const service = { client_id: "service", client_secret: "service-secret-0123456789-0123456789" }
  expect(await post(issuer, "/device/auth", service)).toMatchObject({ status: 400, body: { error: "invalid_request" } })
  expect(await post(issuer, "/device/auth", { client_id: "tv", audience: "nobody", scope: "openid" })).toMatchObject({
    status: 400,
    body: { error: "invalid_target" },
  })
})

test("an expired code is said to the device and to the person", async () => {
  const code = await begin()
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 600_000 })
  try {
    expect(await poll(code)).toMatchObject({ status: 400, body: { error: "expired_token" } })
    expect((await type(new Browser(), code["user_code"]!)).text).toMatch(/has expired/)
  } finally {
    vi.useRealTimers()
  }
})

test("who polls too fast is slowed down, five seconds each time (RFC 8628 §3.5)", async () => {
  const code = await begin()
  await poll(code)
  const again = async (seconds: number) => {
    time += seconds * 1000
    const form = { client_id: "tv", grant_type: DEVICE_CODE, device_code: code["device_code"]! }
    return (await post(issuer, "/token", form)).body["error"]
  }
  expect(await again(2)).toBe("authorization_pending")
  expect(await again(1)).toBe("slow_down")
  expect(await again(6)).toBe("slow_down")
  expect(await again(12)).toBe("authorization_pending")
})

test("by default nobody is slowed down, and the interval is five seconds", async () => {
  await using other = await start({ config: { ...config, clients: [tv] } })
  const { body } = await post(other, "/device/auth", { client_id: "tv", scope: "openid" })
  expect(body["interval"]).toBe(5)
  const form = { client_id: "tv", grant_type: DEVICE_CODE, device_code: String(body["device_code"]) }
  for (let index = 0; index < 3; index++) {
    expect((await post(other, "/token", form)).body["error"]).toBe("authorization_pending")
  }
})
