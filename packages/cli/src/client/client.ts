import { BearerError, type Client, createClient, type Warning } from "@bearerkit/node"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { CommandError, internalError } from "../command-error.ts"
import type { ClientOptions } from "../option/client.ts"
import type { FlowOptions } from "../option/flow.ts"
import { oneFromStdin, readSecret } from "../secret/secret.ts"
import { clientAuthOf } from "./client-auth.ts"
import { flowOf } from "./flow.ts"
import { required } from "./required.ts"
import { parseSigningKey } from "./signing-key.ts"

export interface OpenClientOptions {
  readonly client: ClientOptions
  readonly flow: FlowOptions
  readonly noInput: boolean
  readonly onWarning: (warning: Warning) => void
}

/** The client that the options describe, closed with the scope. */
export const openClient: (options: OpenClientOptions) => Effect.Effect<Client, CommandError, Scope.Scope> =
  Effect.fnUntraced(function* ({ client, flow, noInput, onWarning }) {
    const issuer = yield* required("issuer", client.issuer)
    const clientId = yield* required("client-id", client.clientId)
    yield* oneFromStdin({
      "client-secret": client.clientSecretFile,
      password: flow.passwordFile,
      "private-key": client.privateKeyFile,
    })
    const secret = yield* readSecret("client-secret", client.clientSecretFile)
    const keyText = yield* readSecret("private-key", client.privateKeyFile)
    const key = keyText === undefined ? undefined : yield* parseSigningKey(keyText, client)
    const clientAuth = yield* clientAuthOf(client.clientAuth, { secret, key })
    const chosen = yield* flowOf(flow, { key, noInput })
    return yield* Effect.acquireRelease(
      Effect.try({
        try: () => createClient({ issuer, clientId, clientAuth, flow: chosen, onWarning, ...connectionOf(client) }),
        catch: toCommandError,
      }),
      (opened) => Effect.promise(() => opened.close()),
    )
  })

/** Runs one call of a client within the time allowed for all its tries together; an interruption aborts it. */
export const call = <A>(
  { timeout = defaultTimeout }: ClientOptions,
  f: (signal: AbortSignal) => Promise<A>,
): Effect.Effect<A, CommandError> =>
  Effect.tryPromise({ try: f, catch: toCommandError }).pipe(
    Effect.timeoutOrElse({ duration: Duration.seconds(timeout), orElse: () => Effect.fail(tooLate(timeout)) }),
  )

const defaultTimeout = 30

const tooLate = (seconds: number): CommandError =>
  new CommandError({
    code: "timeout",
    what: `The issuer gave no token within ${seconds} s.`,
    fix: "Check that it is running and reachable from here, or pass a longer --timeout.",
    retryable: true,
  })

const connectionOf = ({ timeout, allowInsecureRequests }: ClientOptions) => ({
  allowInsecureRequests,
  // an answer may take no longer than the whole, and without a wish as long as the library allows
  ...(timeout !== undefined && { timeout: timeout * 1000 }),
})

const toCommandError = (error: unknown): CommandError => {
  if (!(error instanceof BearerError)) return internalError(error)
  const { code, message, fix, retryable, retryAfter, status } = error
  return new CommandError({
    code,
    what: message.endsWith(fix) ? message.slice(0, -fix.length).trimEnd() : message,
    fix,
    retryable,
    ...(retryAfter !== undefined && { retryAfter: Math.ceil(retryAfter / 1000) }),
    ...(status !== undefined && { status }),
    ...(error.error !== undefined && { serverError: error.error }),
  })
}
