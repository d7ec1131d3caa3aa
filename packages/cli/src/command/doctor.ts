import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { CommandError } from "../command-error.ts"
import { clientOptions } from "../option/client.ts"
import { doctorOptions } from "../option/doctor.ts"
import { reportOptions } from "../option/report.ts"
import { withProgress } from "../output/progress.ts"
import { printResult } from "../output/write.ts"

const options = { client: clientOptions, doctor: doctorOptions, report: reportOptions }

const examineAll = Effect.fnUntraced(function* ({
  client,
  doctor,
  report,
}: Command.Command.Config.Infer<typeof options>) {
  const { examine } = yield* Effect.promise(() => import("../doctor/examine.ts"))
  const { formatFindings } = yield* Effect.promise(() => import("../doctor/format-findings.ts"))
  const { doctorInputOf } = yield* Effect.promise(() => import("../doctor/doctor-input.ts"))
  const found = yield* examine(yield* doctorInputOf(client, doctor)).pipe(withProgress("Asking the issuer", report))
  yield* printResult(formatFindings(found, report))
  const failed = found.filter(({ state }) => state === "fail").length
  if (failed > 0) return yield* checksFailed(failed)
})

const checksFailed = (count: number): CommandError =>
  new CommandError({
    code: "checks_failed",
    what: count === 1 ? "One check has failed." : `${count} checks have failed.`,
    fix: "Do what the lines that begin with fail say, and run bearerkit doctor again.",
  })

/** `bearerkit doctor`: checks what client and issuer must agree on. */
export const doctor = Command.make("doctor", options, examineAll).pipe(
  Command.withShortDescription("Check issuer and client, and say what to fix"),
  Command.withDescription(`Check issuer and client, and say what to fix: the issuer's identifier and metadata, the clock, the keys, the client's
  authentication, its redirect URIs, and CORS for pages. Nothing is issued or changed, and nobody is asked to sign in.

  Each line is ok, warn, fail or skip, with what to do. Exit codes: 0 when nothing failed, 7 when something did.`),
  Command.withExamples([
    {
      description: "A service account; the secret is in BEARERKIT_CLIENT_SECRET",
      command: "bearerkit doctor --issuer https://issuer.example --client-id reports",
    },
    {
      description: "A page",
      command:
        "bearerkit doctor --issuer https://issuer.example --client-id web --redirect-uri https://app.example/callback --origin https://app.example",
    },
  ]),
)
