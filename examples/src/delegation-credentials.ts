import { delegationCredentials, httpLayer, none, securityToken } from "@bearerkit/core"
import * as Effect from "effect/Effect"

const { ISSUER, CLIENT_ID, ID_TOKEN } = process.env as Record<string, string>

// an ID token of this client for credentials of AWS, by an add-on of an old tenant
const client = { issuer: ISSUER!, clientId: CLIENT_ID!, clientAuth: none() }
const program = Effect.gen(function* () {
  const idToken = yield* securityToken(ID_TOKEN!, { type: "id_token" })
  return yield* delegationCredentials(client, { idToken }, { apiType: "aws" })
})

// key and session token are `Redacted`: Redacted.value(credentials.secretAccessKey) is for the SDK of AWS
const credentials = await Effect.runPromise(Effect.provide(program, httpLayer()))
console.log(credentials.accessKeyId, credentials.assumedRoleArn, new Date(credentials.expiresAt).toISOString())
