import {
  clientCredentials,
  type Flow,
  githubActions,
  jwtBearer,
  kubernetes,
  loopback,
  oauthRo,
  password,
  type PersonFlow,
  selfSigned,
  workloadIdentity,
} from "@bearerkit/node"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { CommandError } from "../command-error.ts"
import type { FlowOptions } from "../option/flow.ts"
import { readPassword } from "./password.ts"
import { required, requiredSecret } from "./required.ts"
import type { SigningKey } from "./signing-key.ts"

export interface FlowContext {
  readonly key: SigningKey | undefined
  /** Whether the client can authenticate. */
  readonly confidential: boolean
  /** Whether prompts are forbidden. */
  readonly noInput: boolean
}

/** The flow that the options describe; prompts for a password only if everything else is given. */
export const flowOf = (options: FlowOptions, context: FlowContext): Effect.Effect<Flow | PersonFlow, CommandError> => {
  switch (options.flow ?? (context.confidential ? "client-credentials" : "login")) {
    case "login":
      return Effect.succeed(keptLogin)
    case "client-credentials":
      return Effect.succeed(clientCredentials())
    case "jwt-bearer":
      return jwtBearerOf(options, context)
    case "github-actions":
      return Effect.sync(() => workloadIdentity(githubActions()))
    case "kubernetes":
      return kubernetesOf(options)
    case "password":
      return passwordOf(options, context)
    case "oauth-ro":
      return oauthRoOf(options, context)
  }
}

/** The stored login, however it began: only `bearerkit login` begins one. */
export const keptLogin: PersonFlow = loopback()

const jwtBearerOf = Effect.fnUntraced(function* (options: FlowOptions, context: FlowContext) {
  const subject = yield* required("subject", options.subject, "--flow jwt-bearer")
  const key = yield* requiredSecret("private-key", context.key, "--flow jwt-bearer")
  return jwtBearer(selfSigned({ ...key, subject }))
})

const kubernetesOf = Effect.fnUntraced(function* ({ subject, assertionFile }: FlowOptions) {
  return workloadIdentity(
    kubernetes({
      subject: yield* required("subject", subject, "--flow kubernetes"),
      tokenFile: yield* required("assertion-file", assertionFile, "--flow kubernetes"),
    }),
  )
})

const passwordOf = Effect.fnUntraced(function* (options: FlowOptions, context: FlowContext) {
  const username = yield* required("username", options.username, "--flow password")
  const secret = yield* readPassword(username, options, context)
  return password({
    username,
    password: secret,
    ...(options.connection !== undefined && { realm: options.connection }),
  })
})

const oauthRoOf = Effect.fnUntraced(function* (options: FlowOptions, context: FlowContext) {
  const username = yield* required("username", options.username, "--flow oauth-ro")
  const connection = yield* required("connection", options.connection, "--flow oauth-ro")
  const secret: Redacted.Redacted<string> = yield* readPassword(username, options, context)
  return oauthRo({
    username,
    password: secret,
    connection,
    ...(options.device !== undefined && { device: options.device }),
  })
})
