import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { password } from "../../src/acquire/password.ts"
import { oauthRo } from "../../src/legacy/oauth-ro.ts"
import { scripted, scriptedClient } from "../support/scripted.ts"

const target = { audiences: [], resources: [], scopes: [], organization: undefined }
const notSet = process.env["NOT_SET"] as string
const ada = { username: "ada", password: "correct horse", connection: "users" }

describe("a password flow", () => {
  for (const [name, flow] of [
    ["username", password({ ...ada, username: notSet })],
    ["username", password({ ...ada, username: "" })],
    ["username", oauthRo({ ...ada, username: notSet })],
    ["username", oauthRo({ ...ada, username: " " })],
    ["connection", oauthRo({ ...ada, connection: notSet })],
  ] as const) {
    it.effect(`${flow.grant} without ${name} sends no password, as "undefined" is somebody's name`, () =>
      Effect.gen(function* () {
        const { network, sent } = scripted()
        const error = yield* Effect.flip(Effect.provide(flow.acquire(scriptedClient, target), network))
        assert.deepInclude(error.reason, { _tag: "InvalidOptions", field: name, problem: "is missing or empty" })
        assert.deepStrictEqual(sent, [])
      }),
    )
  }
})
