import { afterAll, beforeAll, describe, expect, test } from "vitest"

import type { Issuer } from "../src/index.ts"
import { login, post, postJson, read, SECRET, start } from "./support/issuer.ts"

let issuer: Issuer
beforeAll(async () => {
  issuer = await start()
})
afterAll(() => issuer.close())

const TEN_MEGABYTES = "x".repeat(10_000_000)

describe("/oauth/ro", () => {
  test("a body of 10 MB is refused unread", async () => {
    const json = await postJson(issuer, "/oauth/ro", { ...login, password: TEN_MEGABYTES })
    expect(json).toMatchObject({ status: 413, body: { error: "invalid_request" } })
    expect(await post(issuer, "/oauth/ro", { ...login, password: TEN_MEGABYTES })).toMatchObject({ status: 413 })
  })

  test.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["a number", "1"],
    ["null", "null"],
    ["nothing", ""],
  ])("a JSON body that is %s", async (_case, body) => {
    expect(await postJson(issuer, "/oauth/ro", body)).toMatchObject({ status: 400, body: { error: "invalid_request" } })
  })

  test("nested JSON is no text", async () => {
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`
    expect(await postJson(issuer, "/oauth/ro", `{"client_id":${deep}}`)).toMatchObject({
      status: 400,
      body: { error_description: "client_id parameter must be a string" },
    })
    expect((await postJson(issuer, "/oauth/ro", { ...login, username: { $gt: "" } })).status).toBe(400)
  })

  test("prototype keys are keys like others", async () => {
    const json = `{"__proto__":{"client_id":"service"},"constructor":"x",${JSON.stringify(login).slice(1)}`
    expect((await postJson(issuer, "/oauth/ro", json)).status).toBe(200)
    const { client_id: _, ...rest } = login
    const inherited = `{"__proto__":{"client_id":"service"},${JSON.stringify(rest).slice(1)}`
    expect((await postJson(issuer, "/oauth/ro", inherited)).body["error_description"]).toBe(
      "missing client_id parameter",
    )
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect((await post(issuer, "/oauth/ro", { ...login, client_id: name })).status).toBe(403)
      expect((await post(issuer, "/oauth/ro", { ...login, connection: name })).status).toBe(400)
    }
  })

  test("a parameter given twice is no text", async () => {
    const form = new URLSearchParams(login)
    form.append("username", "mallory")
    expect(await post(issuer, "/oauth/ro", form)).toMatchObject({
      status: 400,
      body: { error_description: "username parameter must be a string" },
    })
  })

  test("any other type of body is refused", async () => {
    const response = await fetch(`${issuer.url}/oauth/ro`, { method: "POST", body: "client_id=service" })
    expect(await read(response)).toMatchObject({ status: 400, body: { error: "invalid_request" } })
  })
})

describe.each(["/delegation", "/tokeninfo"])("%s", (path) => {
  const right = { client_id: "service", grant_type: "x", id_token: "x" }

  test("a body of 10 MB is refused unread", async () => {
    for (const ask of [postJson, post]) {
      const answer = await ask(issuer, path, { ...right, id_token: TEN_MEGABYTES })
      expect(answer).toMatchObject({ status: 413, body: { error: "invalid_request" } })
    }
  })

  test.each(["{", "[]", "1", "null", ""])("a JSON body that is %j", async (body) => {
    expect(await postJson(issuer, path, body)).toMatchObject({ status: 400, body: { error: "invalid_request" } })
  })

  test.each([[7], [null], [["x"]], [{ $gt: "" }]])("an id_token that is %j is no text", async (id_token) => {
    expect((await postJson(issuer, path, { ...right, id_token })).status).toBe(400)
  })

  test("any other type of body is refused", async () => {
    const response = await fetch(issuer.url + path, { method: "POST", body: "id_token=x" })
    expect(await read(response)).toMatchObject({ status: 400, body: { error: "invalid_request" } })
  })
})

describe("/token", () => {
  const client = { client_id: "service", client_secret: SECRET, grant_type: "password" }

  test("a body of 10 MB is refused", async () => {
    expect(await post(issuer, "/token", { ...client, username: "alice", password: TEN_MEGABYTES })).toMatchObject({
      status: 400,
      body: { error: "invalid_request" },
    })
  })

  test("a parameter given twice is refused", async () => {
    const form = new URLSearchParams({ ...client, username: "alice", password: "x" })
    form.append("username", "mallory")
    expect(await post(issuer, "/token", form)).toMatchObject({ status: 400, body: { error: "invalid_request" } })
  })

  test.each(["__proto__", "constructor", "toString"])("%s is no audience, no client and no grant", async (name) => {
    const grant = { ...client, grant_type: "client_credentials" }
    expect((await post(issuer, "/token", { ...grant, audience: name })).body["error"]).toBe("invalid_target")
    expect((await post(issuer, "/token", { ...grant, client_id: name })).status).toBe(401)
    expect((await post(issuer, "/token", { ...grant, grant_type: name })).body["error"]).toBe("unsupported_grant_type")
  })
})

test("and it still answers", async () => {
  expect((await post(issuer, "/oauth/ro", login)).status).toBe(200)
})
