import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { clientOptions } from "../option/client.ts"
import { reportOptions } from "../option/report.ts"
import { withProgress } from "../output/progress.ts"
import { printNotice } from "../output/write.ts"

const options = { client: clientOptions, report: reportOptions }

const signOut = Effect.fnUntraced(function* ({ client, report }: Command.Command.Config.Infer<typeof options>) {
  const { calling, openClient } = yield* Effect.promise(() => import("../client/client.ts"))
  const { keptLogin } = yield* Effect.promise(() => import("../client/flow.ts"))
  const opened = yield* openClient({ client, report, flow: Effect.succeed(keptLogin) })
  yield* calling((signal) => opened.logout({ signal })).pipe(withProgress("Telling the issuer", report))
  if (!report.quiet && !report.json) yield* printNotice("The login is gone from this machine.")
}, Effect.scoped)

/** `bearerkit logout`: removes the login and revokes it at the issuer. */
export const logout = Command.make("logout", options, signOut).pipe(
  Command.withShortDescription("Forget the login and have it revoked"),
  Command.withDescription(
    "Forget the login of bearerkit login and have the issuer revoke its refresh token, if the issuer can. Nobody being signed in is no error.",
  ),
  Command.withExamples([
    { description: "End the login", command: "bearerkit logout --issuer https://issuer.example --client-id desktop" },
  ]),
)
