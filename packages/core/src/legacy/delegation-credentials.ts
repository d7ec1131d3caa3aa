import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import type { Client } from "../protocol/client.ts"
import type { ExtraParams } from "../protocol/extra-params.ts"
import { malformedAnswer } from "../protocol/malformed.ts"
import {
  type DelegationApiType,
  type DelegationCredentials,
  parseDelegationCredentials,
} from "./delegation-api-type.ts"
import { type DelegationSource, postDelegation } from "./delegation-request.ts"

export interface DelegationCredentialsOptions<ApiType extends DelegationApiType> {
  readonly apiType: ApiType
  /** The client whose add-on provides the credentials. @default the client itself */
  readonly target?: string | undefined
  /** @default "openid" */
  readonly scope?: string | undefined
  /** Other parameters for the add-on, such as `role` and `principal` for AWS, `community_name` for Salesforce. */
  readonly extra?: ExtraParams | undefined
}

/**
 * Exchanges a token at `/delegation` for the credentials of a cloud service, validated and typed by `api_type`. They
 * are not a token set, so this is not a flow; the warning `legacy-delegation` applies here too.
 */
export const delegationCredentials: <ApiType extends DelegationApiType>(
  client: Client,
  source: DelegationSource,
  options: DelegationCredentialsOptions<ApiType>,
) => Effect.Effect<DelegationCredentials[ApiType], AcquireError, Http> = Effect.fnUntraced(function* (
  client,
  source,
  { apiType, target = client.clientId, scope = "openid", extra },
) {
  const { answer, json } = yield* postDelegation(client, { source, target, apiType, scope, extra })
  const credentials = parseDelegationCredentials(apiType, json, answer.receivedAt)
  if (Result.isSuccess(credentials)) return credentials.success
  return yield* malformedAnswer(answer, `the member ${credentials.failure.field} ${credentials.failure.problem}`)
})
