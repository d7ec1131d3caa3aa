import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { CommandError } from "../command-error.ts"
import { clientOptions } from "../option/client.ts"
import { reportOptions } from "../option/report.ts"
import { formatUser } from "../output/user.ts"
import { printResult } from "../output/write.ts"

const options = { client: clientOptions, report: reportOptions }

const tellUser = Effect.fnUntraced(function* ({ client, report }: Command.Command.Config.Infer<typeof options>) {
  const { calling, openClient } = yield* Effect.promise(() => import("../client/client.ts"))
  const { keptLogin } = yield* Effect.promise(() => import("../client/flow.ts"))
  const opened = yield* openClient({ client, report, flow: Effect.succeed(keptLogin) })
  const user = yield* calling((signal) => opened.user({ signal }))
  if (user === undefined) return yield* nobody
  yield* printResult(formatUser(user.claims, report))
}, Effect.scoped)

const nobody = new CommandError({
  code: "login_required",
  what: "Nobody is signed in at this issuer with this client.",
  fix: "Run bearerkit login, with the same issuer, client and account.",
})

/** `bearerkit whoami`: who signed in with `bearerkit login`. */
export const whoami = Command.make("whoami", options, tellUser).pipe(
  Command.withShortDescription("Say who is signed in"),
  Command.withDescription(
    "Say who signed in with bearerkit login, from the kept login: the issuer is not asked. Exit code 3 when nobody is.",
  ),
  Command.withExamples([
    { description: "Fields", command: "bearerkit whoami --issuer https://issuer.example --client-id desktop" },
    { description: "The subject alone", command: "bearerkit whoami --json | jq -r .subject" },
  ]),
)
