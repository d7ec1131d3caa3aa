import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { clientOptions } from "../option/client.ts"
import { loginOptions } from "../option/login.ts"
import { reportOptions } from "../option/report.ts"
import { targetOptions, targetOf } from "../option/target.ts"
import { formatUser } from "../output/user.ts"
import { printResult } from "../output/write.ts"
import { description, examples } from "./login.help.ts"

const options = { client: clientOptions, target: targetOptions, login: loginOptions, report: reportOptions }

type LoginCommandOptions = Command.Command.Config.Infer<typeof options>

const signIn = Effect.fnUntraced(function* ({ client, target, login, report }: LoginCommandOptions) {
  const { calling, openClient } = yield* Effect.promise(() => import("../client/client.ts"))
  const { personFlow } = yield* Effect.promise(() => import("../client/person-flow.ts"))
  const { signedInWithin } = yield* Effect.promise(() => import("../client/within.ts"))
  const { timeout = 300 } = client
  const flow = yield* personFlow(login, { ...report, timeout })
  // the timeout limits the person, not a response
  const opened = yield* openClient({ client: { ...client, timeout: undefined }, report, flow: Effect.succeed(flow) })
  const { user } = yield* calling((signal) => opened.login({ target: targetOf(target), signal })).pipe(
    signedInWithin(timeout),
  )
  yield* printResult(formatUser(user.claims, report))
}, Effect.scoped)

/** `bearerkit login`: has a person sign in and keeps the login. */
export const login = Command.make("login", options, signIn).pipe(
  Command.withShortDescription("Sign in with a browser and keep the login"),
  Command.withDescription(description),
  Command.withExamples(examples),
)
