import {
  type AcquireError,
  type CheckScopes,
  type Discovery,
  type Http,
  invalidOptions,
  Login,
  parseTarget,
  type StoreError,
  type TargetInput,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { coreClient } from "../client-services.ts"
import type { ClientOptions, LoginEvent } from "../client-options.ts"
import { type User, userOf } from "./user.ts"

/** Has a person sign in and keeps the tokens, for the target alone: the login's own scopes belong to no API. */
export const signIn: (
  options: ClientOptions,
  input: TargetInput,
  checkScopes: CheckScopes,
) => Effect.Effect<User, LoginError, Discovery | Http> = Effect.fnUntraced(function* (options, input, checkScopes) {
  const { flow } = options
  const target = parseTarget(input)
  if (Result.isFailure(target)) return yield* invalidOptions(target.failure.field, target.failure.problem)
  if (flow === undefined || !("signIn" in flow)) return yield* withoutPerson
  const login = yield* theLogin
  const scopes = [...new Set([...target.success.scopes, ...flow.scopes])].sort()
  const { tokens } = yield* flow.signIn(coreClient(options), { ...target.success, scopes })
  yield* login.begin(tokens, input)
  checkScopes(input, tokens)
  const user = userOf(yield* login.current)
  if (user === undefined) return yield* withoutPerson
  yield* tell(options, { type: "signed-in" })
  return user
})

export const signOut = (options: ClientOptions): Effect.Effect<void, LoginError> =>
  Effect.gen(function* () {
    const login = yield* theLogin
    yield* login.signOut
    yield* tell(options, { type: "signed-out" })
  })

/** The signed-in person, from the store. */
export const currentUser: Effect.Effect<User | undefined, LoginError> = Effect.gen(function* () {
  const login = yield* theLogin
  return userOf(yield* login.current)
})

type LoginError = AcquireError | StoreError

const theLogin = Effect.suspend(() =>
  Effect.flatMap(Effect.serviceOption(Login), (login) =>
    Option.isSome(login) ? Effect.succeed(login.value) : Effect.fail(withoutPerson),
  ),
)

const withoutPerson = invalidOptions(
  "flow",
  "is one without a person, so nobody can sign in",
  "Make the client with loopback() or deviceCode(), or ask it for token() at once.",
)

const tell = ({ onEvent }: ClientOptions, event: LoginEvent): Effect.Effect<void> =>
  Effect.ignore(Effect.try({ try: () => onEvent?.(event), catch: () => undefined }))
