import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Invalid } from "../model/invalid.ts"
import { isJsonObject } from "../model/json.ts"
import { parseTarget, type Target, type TargetInput } from "../model/target.ts"
import { oneOf, versionedDecoder, secret, text, texts, wholeNumber } from "../model/versioned-json.ts"
import type { AuthorizationTransaction } from "./authorization-transaction.ts"

/** A transaction as text for a store. The text is a secret. */
export const encodeTransaction = ({ state, nonce, verifier, ...plain }: AuthorizationTransaction): string =>
  JSON.stringify({
    version,
    ...plain,
    state: Redacted.value(state),
    nonce: Redacted.value(nonce),
    verifier: verifier && Redacted.value(verifier),
  })

const version = 1

const target = (json: unknown): Target | undefined => {
  if (!isJsonObject(json)) return undefined
  const { audiences = [], resources = [], scopes = [], organization } = json
  if (![audiences, resources, scopes].every(texts)) return undefined
  return Result.getOrUndefined(
    parseTarget({ audience: audiences, resource: resources, scope: scopes, organization } as TargetInput),
  )
}

/** The inverse of `encodeTransaction`; fails for any other text, including another version. */
export const decodeTransaction: (text: string) => Result.Result<AuthorizationTransaction, Invalid> =
  /*#__PURE__*/ versionedDecoder({
    version,
    members: {
      id: text,
      issuer: text,
      clientId: text,
      redirectUri: text,
      responseType: /*#__PURE__*/ oneOf("code", "id_token", "id_token token"),
      responseMode: /*#__PURE__*/ oneOf("form_post", "fragment", "query"),
      target,
      state: secret,
      nonce: secret,
      acrValues: texts,
      startedAt: wholeNumber,
      expiresAt: wholeNumber,
    },
    optional: { verifier: secret, jkt: text, maxAge: wholeNumber },
  })
