import {
  type Apis,
  BearerError,
  type Client,
  createClient,
  fileStorage,
  type Flow,
  memoryStorage,
  type PersonFlow,
} from "@bearerkit/node"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { CommandError, internalError } from "../command-error.ts"
import type { ClientOptions } from "../option/client.ts"
import type { FlowOptions } from "../option/flow.ts"
import type { ReportOptions } from "../option/report.ts"
import { oneFromStdin, readSecret, type SourceOptions } from "../secret/secret.ts"
import { clientAuthOf, fitting } from "./client-auth.ts"
import { flowOf } from "./flow.ts"
import { ownFix } from "./own-fix.ts"
import { required } from "./required.ts"
import { parseSigningKey, type SigningKey } from "./signing-key.ts"
import { makeWarnings } from "./warnings.ts"

export interface OpenClientOptions {
  readonly client: ClientOptions
  readonly report: ReportOptions
  /** How tokens are acquired: by these options, or by a flow that is made last. */
  readonly flow: FlowOptions | Effect.Effect<Flow | PersonFlow, CommandError>
  /** Further sources of input, to detect two that would be read from stdin. */
  readonly sources?: SourceOptions
  readonly apis?: Apis
}

/** The client that the options describe, closed with the scope. */
export const openClient: (options: OpenClientOptions) => Effect.Effect<Client, CommandError, Scope.Scope> =
  Effect.fnUntraced(function* ({ client, report, flow, sources, apis = {} }) {
    const { issuer, clientId, clientAuth, key, confidential } = yield* clientIdentity(client, {
      ...sources,
      ...(!Effect.isEffect(flow) && { "password-file": flow.passwordFile }),
    })
    const context = { key, confidential, noInput: report.noInput }
    const chosen = yield* Effect.isEffect(flow) ? flow : flowOf(flow, context)
    const { tell, said } = makeWarnings(report)
    return yield* Effect.acquireRelease(
      Effect.try({
        try: () =>
          createClient({
            issuer,
            clientId,
            clientAuth,
            flow: chosen,
            apis,
            storage: client.noStore ? memoryStorage() : fileStorage(),
            onWarning: tell,
            onEvent: (event) => {
              if (event.type === "warning") tell({ message: event.message })
            },
            ...(client.account !== undefined && { account: client.account }),
            ...connectionOf(client),
          }),
        catch: toCommandError,
      }),
      (opened) =>
        Effect.andThen(
          Effect.promise(() => opened.close()),
          said,
        ),
    )
  })

/** The client's identity, with its secret or key read from its source. */
export const clientIdentity = Effect.fnUntraced(function* (client: ClientOptions, sources: SourceOptions = {}) {
  const issuer = yield* required("issuer", client.issuer)
  const clientId = yield* required("client-id", client.clientId)
  yield* oneFromStdin({
    "client-secret-file": client.clientSecretFile,
    "private-key-file": client.privateKeyFile,
    ...sources,
  })
  const secret = yield* readSecret("client-secret", client.clientSecretFile)
  const keyText = yield* readSecret("private-key", client.privateKeyFile)
  const key: SigningKey | undefined = keyText === undefined ? undefined : yield* parseSigningKey(keyText, client)
  const clientAuth = yield* clientAuthOf(client.clientAuth, { secret, key })
  const method = client.clientAuth ?? fitting({ secret, key })
  return { issuer, clientId, clientAuth, key, method, confidential: method !== "none" }
})

/** A call of a client as an effect: an interruption aborts it. */
export const calling = <A>(f: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, CommandError> =>
  Effect.tryPromise({ try: f, catch: toCommandError })

/** Converts a client's error for the person who typed the command. */
export const toCommandError = (error: unknown): CommandError => {
  if (!(error instanceof BearerError)) return internalError(error)
  const { code, message, fix, retryable, retryAfter, status } = error
  return new CommandError({
    code,
    what: message.endsWith(fix) ? message.slice(0, -fix.length).trimEnd() : message,
    fix: ownFix(code, fix),
    retryable,
    ...(retryAfter !== undefined && { retryAfter: Math.ceil(retryAfter / 1000) }),
    ...(status !== undefined && { status }),
    ...(error.error !== undefined && { serverError: error.error }),
  })
}

/** How the issuer is reached. */
export const connectionOf = ({ timeout, allowInsecureRequests }: ClientOptions) => ({
  allowInsecureRequests,
  // a response may take no longer than the whole command; by default as long as the library allows
  ...(timeout !== undefined && { timeout: timeout * 1000 }),
})
