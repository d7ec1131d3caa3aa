import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { clientOptions } from "../option/client.ts"
import { credentialOptions, formatOf } from "../option/credential.ts"
import { flowOptions } from "../option/flow.ts"
import { reportOptions } from "../option/report.ts"
import { targetOptions, targetOf } from "../option/target.ts"
import { formatCredential } from "../output/credential.ts"
import { withProgress } from "../output/progress.ts"
import { printResult } from "../output/write.ts"
import { description, examples } from "./token.help.ts"

const options = {
  client: clientOptions,
  flow: flowOptions,
  target: targetOptions,
  output: credentialOptions,
  report: reportOptions,
}

type TokenOptions = Command.Command.Config.Infer<typeof options>

const getToken = Effect.fnUntraced(function* ({ client, flow, target, output, report }: TokenOptions) {
  const format = yield* formatOf(output, report)
  const { calling, openClient } = yield* Effect.promise(() => import("../client/client.ts"))
  const { within } = yield* Effect.promise(() => import("../client/within.ts"))
  const opened = yield* openClient({ client, flow, report })
  const minTtl = (output.minTtl ?? 0) * 1000
  const credential = yield* calling((signal) => opened.credential(targetOf(target), { signal, minTtl })).pipe(
    within(client),
    withProgress("Waiting for the issuer", report),
  )
  const lines = calling(async () => formatCredential(credential, format, [...target.audience, ...target.resource]))
  yield* printResult(yield* lines)
}, Effect.scoped)

/** `bearerkit token`: gets one token and prints it. */
export const token = Command.make("token", options, getToken).pipe(
  Command.withShortDescription("Get a token and print it"),
  Command.withDescription(description),
  Command.withExamples(examples),
)
