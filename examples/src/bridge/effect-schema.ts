import {
  clientCredentials,
  clientSecretBasic,
  discoveryLayer,
  httpLayer,
  issuerKeys,
  makeVerifier,
  sharedFlightsLayer,
} from "@bearerkit/core"
import { ClaimsSchema, TargetSchema, TokenSetFromString } from "@bearerkit/core/effect-schema"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const { ISSUER, CLIENT_ID, CLIENT_SECRET, AUDIENCE } = process.env as Record<string, string>

// as a configuration file has it: one or several of each, checked
const configured = JSON.stringify({ audience: AUDIENCE, scope: ["read"] })
// what this program needs of a token, with its types
const Caller = ClaimsSchema.pipe(
  Schema.decodeTo(Schema.Struct({ iss: Schema.String, jti: Schema.String, client_id: Schema.String })),
)

const client = { issuer: ISSUER!, clientId: CLIENT_ID!, clientAuth: clientSecretBasic(CLIENT_SECRET!) }
const program = Effect.gen(function* () {
  const target = yield* Schema.decodeEffect(Schema.fromJsonString(TargetSchema))(configured)
  const acquired = yield* clientCredentials().acquire(client, target)
  // text for a store of the program's own; it is a secret
  const text = yield* Schema.encodeEffect(TokenSetFromString)(acquired)
  const { accessToken } = yield* Schema.decodeEffect(TokenSetFromString)(text)
  const verifier = yield* makeVerifier({ issuer: ISSUER!, audience: AUDIENCE!, keys: issuerKeys() })
  const { claims } = yield* verifier.check(Redacted.value(accessToken))
  return yield* Schema.decodeUnknownEffect(Caller)(claims)
})

const network = discoveryLayer.pipe(Layer.provideMerge(Layer.mergeAll(httpLayer(), sharedFlightsLayer)))
console.log(JSON.stringify(await Effect.runPromise(Effect.provide(program, network))))
