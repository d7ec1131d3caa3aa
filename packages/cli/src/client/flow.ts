import { clientCredentials, type Flow, jwtBearer, oauthRo, password, selfSigned } from "@bearerkit/node"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { CommandError } from "../command-error.ts"
import type { FlowOptions } from "../option/flow.ts"
import { readPassword } from "./password.ts"
import { required, requiredSecret } from "./required.ts"
import type { SigningKey } from "./signing-key.ts"

export interface FlowContext {
  readonly key: SigningKey | undefined
  /** Whether nobody may be asked. */
  readonly noInput: boolean
}

/** The flow that the options describe; asks for a password only when everything else is there. */
export const flowOf = (options: FlowOptions, context: FlowContext): Effect.Effect<Flow, CommandError> => {
  switch (options.flow) {
    case undefined:
    case "client-credentials":
      return Effect.succeed(clientCredentials())
    case "jwt-bearer":
      return jwtBearerOf(options, context)
    case "password":
      return passwordOf(options, context)
    case "oauth-ro":
      return oauthRoOf(options, context)
  }
}

const jwtBearerOf = Effect.fnUntraced(function* (options: FlowOptions, context: FlowContext) {
  const subject = yield* required("subject", options.subject, "--flow jwt-bearer")
  const key = yield* requiredSecret("private-key", context.key, "--flow jwt-bearer")
  return jwtBearer(selfSigned({ ...key, subject }))
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
