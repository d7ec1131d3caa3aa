import {
  AcquireError,
  type AcquireReason,
  type Answer,
  type AssertionSource,
  Http,
  invalidOptions,
  type Secret,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { assertionText } from "./assertion-text.ts"

/** Options of `githubActions`. */
export interface GithubActionsOptions {
  /** The URL at which the job requests its token. @default $ACTIONS_ID_TOKEN_REQUEST_URL */
  readonly requestUrl?: string | undefined
  /** The token for that request. @default $ACTIONS_ID_TOKEN_REQUEST_TOKEN */
  readonly requestToken?: Secret | undefined
  /** The audience of the job's token. @default the issuer */
  readonly audience?: string | undefined
  /**
   * Distinguishes this job's tokens from others in a shared store. @default made of $GITHUB_REPOSITORY, _WORKFLOW_REF,
   * _RUN_ID
   */
  readonly subject?: string | undefined
}

/**
 * The identity of a job at GitHub Actions, which needs `permissions: { id-token: write }`. Reads the environment when
 * it is called, not later.
 *
 * @see https://docs.github.com/actions/concepts/security/openid-connect
 */
export const githubActions = (options: GithubActionsOptions = {}): AssertionSource => {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = process.env
  const requestUrl = options.requestUrl ?? url
  const requestToken = wrapped(options.requestToken ?? token)
  return {
    subject: options.subject ?? jobName(),
    assertion: Effect.fnUntraced(function* (client) {
      if (requestUrl === undefined || !URL.canParse(requestUrl)) return yield* missing("requestUrl")
      if (requestToken === undefined) return yield* missing("requestToken")
      const at = new URL(requestUrl)
      at.searchParams.set("audience", options.audience ?? client.issuer)
      const headers = { accept: "application/json", authorization: `bearer ${Redacted.value(requestToken)}` }
      const http = yield* Http
      const answer = yield* Effect.mapError(
        http.ask(at.href, { headers }),
        ({ reason }) => new AcquireError({ reason: asOption(reason) }),
      )
      if (answer.status !== 200) return yield* new AcquireError({ reason: refusal(answer) })
      return yield* assertionText(valueOf(answer), "GitHub's answer")
    }),
  }
}

const jobName = (): string => {
  const { GITHUB_REPOSITORY, GITHUB_WORKFLOW_REF, GITHUB_RUN_ID } = process.env
  return JSON.stringify(["github-actions", GITHUB_REPOSITORY, GITHUB_WORKFLOW_REF, GITHUB_RUN_ID])
}

const wrapped = (secret: Secret | undefined): Redacted.Redacted<string> | undefined =>
  typeof secret === "string" ? Redacted.make(secret) : secret

const missing = (option: string): AcquireError =>
  invalidOptions(option, "is missing: this is no job that may ask for a token", "Give the job `id-token: write`.")

/** A URL that may not be requested is that of the option. */
const asOption = (reason: AcquireReason): AcquireReason =>
  reason._tag === "InvalidOptions" ? { ...reason, field: "requestUrl" } : reason

const refusal = ({ status, url }: Answer): AcquireReason =>
  status === 408 || status === 429 || status >= 500
    ? { _tag: "Unavailable", url, status }
    : { _tag: "SupplyFailed", problem: `is missing: GitHub refused with ${status}` }

const valueOf = ({ body }: Answer): unknown => {
  try {
    return (JSON.parse(body) as { readonly value?: unknown } | null)?.value
  } catch {
    return undefined
  }
}
