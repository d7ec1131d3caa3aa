import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { clientOptions } from "../option/client.ts"
import { credentialOptions, formatOf } from "../option/credential.ts"
import { delegationOptions } from "../option/delegation.ts"
import { reportOptions } from "../option/report.ts"
import { targetOptions, targetOf } from "../option/target.ts"
import { formatCredential } from "../output/credential.ts"
import { withProgress } from "../output/progress.ts"
import { printResult } from "../output/write.ts"

const options = {
  client: clientOptions,
  delegation: delegationOptions,
  target: targetOptions,
  output: credentialOptions,
  report: reportOptions,
}

type DelegateOptions = Command.Command.Config.Infer<typeof options>

const trade = Effect.fnUntraced(function* ({ client, delegation, target, output, report }: DelegateOptions) {
  const format = yield* formatOf(output, report)
  const { calling, openClient } = yield* Effect.promise(() => import("../client/client.ts"))
  const { delegationFlow, delegationSources } = yield* Effect.promise(() => import("../client/delegation.ts"))
  const { within } = yield* Effect.promise(() => import("../client/within.ts"))
  const opened = yield* openClient({
    client,
    report,
    flow: delegationFlow(delegation),
    sources: delegationSources(delegation),
  })
  const minTtl = (output.minTtl ?? 0) * 1000
  const credential = yield* calling((signal) => opened.credential(targetOf(target), { signal, minTtl })).pipe(
    within(client),
    withProgress("Waiting for the issuer", report),
  )
  const lines = calling(async () => formatCredential(credential, format, [...target.audience, ...target.resource]))
  yield* printResult(yield* lines)
}, Effect.scoped)

/** `bearerkit delegate`: trades somebody's token for one that another API accepts. */
export const delegate = Command.make("delegate", options, trade).pipe(
  Command.withShortDescription("Trade somebody's token for one for another API"),
  Command.withDescription(`Trade the token of somebody for one that another API accepts, on their behalf (RFC 8693).

  The token is never an argument: it comes from BEARERKIT_SUBJECT_TOKEN or --subject-token-file FILE (- reads stdin).
  The token of another actor comes from BEARERKIT_ACTOR_TOKEN or --actor-token-file FILE.
  The result is kept as long as the subject's token lives, and printed as bearerkit token prints it.`),
  Command.withExamples([
    {
      description: "What an API does with the token that it received",
      command:
        "bearerkit delegate --client-id orders-api --subject-token-file received --audience https://billing.example",
    },
    {
      description: "From the person who is signed in",
      command:
        "bearerkit token --client-id desktop | bearerkit delegate --client-id orders-api --subject-token-file - --audience https://billing.example",
    },
    {
      description: "The old endpoint, for an API of the old kind",
      command: "bearerkit delegate --wire legacy --subject-token-file id-token --audience old-api --header",
    },
  ]),
)
