import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"

import { type Issuer, startIssuer } from "../src/index.ts"
import { post, SECRET } from "./support/issuer.ts"
import { CALLBACK, codeRequest } from "./support/login.ts"

const lines: Array<string> = []
let issuer: Issuer
beforeAll(async () => {
  issuer = await startIssuer({
    log: (line) => lines.push(line),
    config: {
      clients: [
        {
          id: "spa",
          secret: SECRET,
          grants: ["authorization_code", "client_credentials"],
          redirectUris: [CALLBACK],
          scope: "read",
        },
      ],
      apis: [{ audience: "https://api.example", scopes: ["read", "write"] }],
    },
  })
})
beforeEach(() => void lines.splice(0))
afterAll(() => issuer.close())

const client = { client_id: "spa", client_secret: SECRET }
const grant = { ...client, grant_type: "client_credentials" }

describe("scopes that are ignored are named in the log", () => {
  test("with those that the client may have at the API", async () => {
    const { body } = await post(issuer, "/token", { ...grant, audience: "https://api.example", scope: "read write no" })
    expect(body["scope"]).toBe("read")
    expect(lines).toContain("scope ignored: write no (spa may have read at https://api.example)")
  })

  test("and refused where nothing is left, with the reason (RFC 6749 §3.3)", async () => {
    const asked = { ...grant, audience: "https://api.example" }
    for (const [form, why] of [
      [{ ...asked, scope: "no" }, "spa may have read at https://api.example"],
      [{ ...grant, scope: "read" }, "spa names no audience or resource"],
    ] as const) {
      const description = `nothing of the scope may be granted (${why})`
      expect(await post(issuer, "/token", form)).toMatchObject({
        status: 400,
        body: { error: "invalid_scope", error_description: description },
      })
      expect(lines).toContain(`POST /token refused: invalid_scope (${description})`)
    }
    expect((await post(issuer, "/token", asked)).body).not.toHaveProperty("scope")
  })

  test("at a pushed authorization request", async () => {
    const pushed = { ...codeRequest, ...client, audience: "https://api.example", scope: "openid read mail" }
    expect((await post(issuer, "/par", pushed)).status).toBe(201)
    expect(lines).toContain("scope ignored: mail (spa may have read at https://api.example)")
  })

  test("and nothing is said where all is granted", async () => {
    await post(issuer, "/token", { ...grant, audience: "https://api.example", scope: "read openid" })
    expect(lines.filter((line) => line.startsWith("scope"))).toEqual([])
  })

  test("one line each, whatever the request says", async () => {
    const token = `${"x".repeat(60)}`
    await post(issuer, "/token", { ...grant, audience: "https://api.example", scope: `a\nb ${token}` })
    expect(lines.join("\n")).not.toContain(token)
    expect(lines.filter((line) => line.includes("\n"))).toEqual([])
  })
})

describe("a redirect URI that is not registered is shown with those that are", () => {
  const wrong = { ...codeRequest, redirect_uri: "http://127.0.0.1:5555/cb?<i>" }
  const said = `It is http://127.0.0.1:5555/cb?<i>; registered for spa: ${CALLBACK}`

  test("on the page, as text, and in the log", async () => {
    const page = await fetch(`${issuer.url}/authorize?${new URLSearchParams(wrong)}`, {
      headers: { accept: "text/html" },
    })
    expect(page.status).toBe(400)
    expect(await page.text()).toContain(said.replace("<i>", "&lt;i&gt;"))
    expect(lines.join("\n")).toContain(`GET /authorize refused: invalid_redirect_uri (`)
    expect(lines.join("\n")).toContain(said)
  })

  test("to the client that pushes its request", async () => {
    const { status, body } = await post(issuer, "/par", { ...wrong, ...client })
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: "invalid_request", error_description: expect.stringContaining(said) })
  })
})

test.each([
  ["a wrong secret", { ...grant, client_secret: "mistyped-mistyped" }, "invalid_client (invalid secret provided)"],
  ["an unknown client", { ...grant, client_id: "nobody" }, "invalid_client (client not found)"],
  [
    "no secret",
    { client_id: "spa", grant_type: "client_credentials" },
    "invalid_client (the provided authentication mechanism does not match the registered client authentication method)",
  ],
])("the log has the reason of a 401: %s", async (_, form, reason) => {
  expect((await post(issuer, "/token", form)).status).toBe(401)
  expect(lines).toContain(`POST /token refused: ${reason}`)
  expect(lines.join("\n")).not.toContain("mistyped")
})
