import * as Effect from "effect/Effect"
import type { Flow } from "../acquire/flow.ts"
import { jwtBearerGrant } from "../acquire/jwt-bearer.ts"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { jsonOf } from "../http/client.ts"
import type { Target } from "../model/target.ts"
import type { Client } from "../protocol/client.ts"
import { filledText, type Secret, secretText, wrapped } from "../protocol/secret.ts"
import { rejection } from "../protocol/rejection.ts"
import { definedParams } from "../protocol/defined-params.ts"
import { asAcquire, type Params, post } from "../protocol/client-request.ts"
import { classifyOauthRo } from "./oauth-ro-refusal.ts"
import { parseLegacyTokens } from "./token-answer.ts"

/** Options of `oauthRo`. */
export interface OauthRoOptions {
  /** Surrounding spaces are stripped, as the old clients did. */
  readonly username: string
  readonly password: Secret
  /** The user directory at the issuer: a database or an AD/LDAP connection. */
  readonly connection: string
  /** The name of the refresh token at the issuer; required with the scope `offline_access`. */
  readonly device?: string | undefined
}

/**
 * The legacy service account: posts user name and password to `/oauth/ro`. The ID token that comes back, signed with
 * the client's secret, is the bearer token for an API that shares the secret.
 */
export const oauthRo = (options: OauthRoOptions): Flow => {
  const secret = wrapped(options.password)
  const { connection, device } = options
  const username = (options.username ?? "").trim()
  const params: Params = [
    ["grant_type", "password"],
    ["username", username],
    ["connection", connection],
    ...definedParams({ device }),
  ]
  return {
    grant: "oauth/ro password",
    replay: "never",
    discovers: false,
    identity: [connection, username, device ?? ""],
    warnings: [warning],
    acquire: Effect.fnUntraced(function* (client, target) {
      yield* filledText("username", username)
      yield* filledText("connection", connection)
      const text = yield* secretText("password", secret)
      return yield* postOauthRo(client, target, [...params, ["password", text]])
    }),
  }
}

/** Options of `oauthRoAssertion`. */
export interface OauthRoAssertionOptions {
  /** An ID token of the same user from an earlier login; evaluated for each request. */
  readonly idToken: () => Secret
  readonly connection: string
  readonly device: string
  /** The subject of the ID token: part of the cache key. */
  readonly subject: string
}

/**
 * The legacy way to sign in again without a password: exchanges an earlier ID token and the device's name for a new
 * one.
 */
export const oauthRoAssertion = ({ idToken, connection, device, subject }: OauthRoAssertionOptions): Flow => ({
  grant: "oauth/ro jwt-bearer",
  replay: "never",
  discovers: false,
  identity: [connection, subject, device],
  warnings: [warning],
  acquire: Effect.fnUntraced(function* (client, target) {
    const text = yield* secretText("idToken", wrapped(idToken()))
    return yield* postOauthRo(client, target, [
      ["grant_type", jwtBearerGrant],
      ["id_token", text],
      ["connection", connection],
      ["device", device],
    ])
  }),
})

const warning = {
  name: "legacy-oauth-ro",
  message: "POST /oauth/ro is a legacy endpoint; where the issuer offers more, use client credentials or an assertion.",
}

const postOauthRo = Effect.fnUntraced(function* (client: Client, target: Target, grant: Params) {
  yield* fits(client, target)
  const scopes = target.scopes.length > 0 ? target.scopes : ["openid"]
  const params: Params = [["client_id", client.clientId], ...grant, ["scope", scopes.join(" ")]]
  const answer = yield* post(`${client.issuer.replace(/\/$/, "")}/oauth/ro`, {}, params)
  if (answer.status !== 200) return yield* rejection(answer, { params, signed: false, classify: classifyOauthRo })
  const json = yield* Effect.mapError(jsonOf(answer), asAcquire)
  return yield* parseLegacyTokens(json, { client, scopes, url: answer.url, receivedAt: answer.receivedAt })
})

/** The ID token's audience is the client itself: for any other it has to be exchanged. */
const fits = (client: Client, target: Target): Effect.Effect<void, AcquireError> => {
  const other = [...target.audiences, ...target.resources].some((audience) => audience !== client.clientId)
  if (!other) return Effect.void
  return Effect.fail(
    invalidOptions(
      "audience",
      `must be the client id: /oauth/ro gives tokens for ${client.clientId} only`,
      "Leave the audience away; delegation and token exchange give tokens for others.",
    ),
  )
}
