import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { SignJWT } from "jose"
import { securityToken } from "../../src/acquire/security-token.ts"
import { type DelegationApiType, parseDelegationCredentials } from "../../src/legacy/delegation-api-type.ts"
import { delegationCredentials } from "../../src/legacy/delegation-credentials.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { type Line, scripted, scriptedClient } from "../support/scripted.ts"

const client = { issuer: "https://tenant.example/", clientId: "spa", clientAuth: none() }

const ask = Effect.fnUntraced(function* <ApiType extends DelegationApiType>(apiType: ApiType, line: Line) {
  const { network, sent } = scripted(line)
  const source = { idToken: yield* securityToken("the-id-token") }
  const options = { apiType, target: "add-on", extra: { role: "arn:role" } }
  const answer = yield* Effect.provide(delegationCredentials(client, source, options), network)
  return { answer, sent }
})

const aws = {
  Credentials: {
    AccessKeyId: "ASIAEXAMPLE",
    SecretAccessKey: "aws-secret",
    SessionToken: "aws-session",
    Expiration: "2030-01-02T03:04:05Z",
  },
  AssumedRoleUser: { Arn: "arn:aws:sts::1:assumed-role/reader/bob" },
}
const signature = "SharedAccessSignature sig=c2ln%3d&se=1893553445&skn=key&sr=https%3a%2f%2fsb"
const blob = "st=2029-01-01T00%3A00%3A00Z&se=2030-01-02T03%3A04%3A05Z&sp=r&sv=2014-02-14&sr=b&sig=c2ln"
const salesforce = { scope: "api id", instance_url: "https://na1.example", token_type: "Bearer", access_token: "00D" }
const sap = { access_token: "sap-token", token_type: "bearer", expires_in: "600", scope: "API" }
const end = Date.parse("2030-01-02T03:04:05Z")

describe("the credentials of other services", () => {
  it.effect("aws", () =>
    Effect.gen(function* () {
      const { answer, sent } = yield* ask("aws", { json: aws })
      assert.deepInclude(answer, {
        accessKeyId: "ASIAEXAMPLE",
        expiresAt: end,
        assumedRoleArn: aws.AssumedRoleUser.Arn,
      })
      assert.strictEqual(Redacted.value(answer.secretAccessKey), "aws-secret")
      assert.strictEqual(Redacted.value(answer.sessionToken), "aws-session")
      assert.deepInclude(Object.fromEntries(sent[0]?.form ?? []), {
        id_token: "the-id-token",
        target: "add-on",
        api_type: "aws",
        role: "arn:role",
      })
    }),
  )

  it.effect("refused with the client's secret repeated: it is not in the error", () =>
    Effect.gen(function* () {
      const repeated = `Basic ${btoa("me:my+secret")} of my secret, my+secret, the-id-token`
      const { network } = scripted({ status: 400, json: { error: "invalid_request", error_description: repeated } })
      const source = { idToken: yield* securityToken("the-id-token") }
      const request = delegationCredentials(scriptedClient, source, { apiType: "aws", target: "add-on" })
      const { reason } = yield* Effect.flip(Effect.provide(request, network))
      assert.deepInclude(reason, {
        _tag: "Rejected",
        description: "Basic [removed] of [removed], [removed], [removed]",
      })
    }),
  )

  it.effect("azure_sb and azure_blob, with their end", () =>
    Effect.gen(function* () {
      const bus = (yield* ask("azure_sb", { json: { azure_sb_sas: signature } })).answer
      assert.deepStrictEqual([Redacted.value(bus.signature), bus.expiresAt], [signature, end])
      const storage = (yield* ask("azure_blob", { json: { azure_blob_sas: blob } })).answer
      assert.deepStrictEqual([Redacted.value(storage.signature), storage.expiresAt], [blob, end])
    }),
  )

  it.effect("salesforce_api and salesforce_sandbox_api", () =>
    Effect.gen(function* () {
      for (const apiType of ["salesforce_api", "salesforce_sandbox_api"] as const) {
        const { answer } = yield* ask(apiType, { json: salesforce })
        assert.deepInclude(answer, { instanceUrl: "https://na1.example", scopes: ["api", "id"] })
        assert.strictEqual(Redacted.value(answer.accessToken), "00D")
      }
    }),
  )

  it.effect("sap_api, whose seconds are text", () =>
    Effect.gen(function* () {
      for (const seconds of ["600", 600]) {
        const { answer } = yield* ask("sap_api", { json: { ...sap, expires_in: seconds } })
        assert.deepInclude(answer, { expiresAt: 600_000, scopes: ["API"] })
      }
    }),
  )

  it.effect("firebase", () =>
    Effect.gen(function* () {
      const token = yield* Effect.promise(() =>
        new SignJWT({ exp: 4_000 }).setProtectedHeader({ alg: "HS256" }).sign(new Uint8Array(32)),
      )
      const { answer } = yield* ask("firebase", { json: { id_token: token } })
      assert.deepStrictEqual([Redacted.value(answer.idToken), answer.expiresAt], [token, 4_000_000])
    }),
  )

  it.effect("layer and wams, as they come", () =>
    Effect.gen(function* () {
      for (const apiType of ["layer", "wams"] as const) {
        const { answer } = yield* ask(apiType, { json: { identity_token: "layer-secret" } })
        assert.deepStrictEqual(Redacted.value(answer), { identity_token: "layer-secret" })
        assert.notInclude(`${JSON.stringify(answer)} ${inspect(answer)}`, "layer-secret")
      }
    }),
  )

  const malformed: ReadonlyArray<readonly [apiType: DelegationApiType, json: unknown, field: string]> = [
    ["aws", {}, "Credentials"],
    ["aws", { ...aws, Credentials: [] }, "Credentials"],
    ["aws", { ...aws, Credentials: { ...aws.Credentials, SecretAccessKey: 7 } }, "SecretAccessKey"],
    ["aws", { ...aws, Credentials: { ...aws.Credentials, SessionToken: "a\nb" } }, "SessionToken"],
    ["aws", { ...aws, Credentials: { ...aws.Credentials, Expiration: "soon" } }, "Expiration"],
    ["aws", { ...aws, Credentials: { ...aws.Credentials, Expiration: 1e300 } }, "Expiration"],
    ["azure_sb", { azure_sb_sas: "sig=x" }, "azure_sb_sas"],
    ["azure_sb", { azure_sb_sas: `${signature}\r\nx: 1` }, "azure_sb_sas"],
    ["azure_blob", { azure_blob_sas: "st=1" }, "azure_blob_sas"],
    ["azure_blob", { azure_blob_sas: {} }, "azure_blob_sas"],
    ["salesforce_api", { ...salesforce, instance_url: "javascript:alert(1)" }, "instance_url"],
    ["salesforce_api", { ...salesforce, instance_url: "http://na1.example" }, "instance_url"],
    ["salesforce_api", { ...salesforce, token_type: "mac" }, "token_type"],
    ["salesforce_api", { ...salesforce, access_token: undefined }, "access_token"],
    ["sap_api", { ...sap, expires_in: "soon" }, "expires_in"],
    ["sap_api", { ...sap, expires_in: -1 }, "expires_in"],
    ["sap_api", { ...sap, scope: ["API"] }, "scope"],
    ["firebase", { id_token: "opaque" }, "id_token"],
    ["firebase", {}, "id_token"],
  ]
  for (const [apiType, json, field] of malformed) {
    it.effect(`${apiType} with ${JSON.stringify(json).slice(0, 60)}… is refused`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(ask(apiType, { json }))
        assert.strictEqual(error.explanation.code, "malformed_response")
        assert.include(error.message, field)
      }),
    )
  }

  it.effect("an api_type that is a prototype's name is refused", () =>
    Effect.gen(function* () {
      for (const apiType of ["toString", "__proto__", "constructor", "app"]) {
        const error = yield* Effect.flip(ask(apiType as "aws", { json: aws }))
        assert.strictEqual(error.explanation.code, "malformed_response")
      }
    }),
  )

  it("never throws, whatever comes", () => {
    const types = ["aws", "azure_blob", "azure_sb", "firebase", "layer", "salesforce_api", "sap_api", "wams"] as const
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.dictionary(fc.string(), fc.jsonValue()), (apiType, json) => {
        const parsed = parseDelegationCredentials(apiType, json, 0)
        assert.include(["Success", "Failure"], parsed._tag)
      }),
    )
  })

  it.effect("a refusal is the one of /delegation", () =>
    Effect.gen(function* () {
      const json = { error: "invalid_grant", error_description: "the-id-token is bad" }
      const error = yield* Effect.flip(ask("aws", { status: 401, json }))
      assert.strictEqual(error.explanation.code, "invalid_grant")
      assert.notInclude(error.message, "the-id-token")
    }),
  )
})
