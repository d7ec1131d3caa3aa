import type { Client, Flow } from "@bearerkit/node"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { CommandError } from "../command-error.ts"
import { clientOptions } from "../option/client.ts"
import { flowOptions } from "../option/flow.ts"
import { reportOptions } from "../option/report.ts"
import { requestOptions } from "../option/request.ts"
import { targetOptions, targetOf } from "../option/target.ts"
import { withProgress } from "../output/progress.ts"
import { description, examples } from "./call.help.ts"

const options = {
  request: requestOptions,
  client: clientOptions,
  flow: flowOptions,
  target: targetOptions,
  report: reportOptions,
}

type CallOptions = Command.Command.Config.Infer<typeof options>

const callApi = Effect.fnUntraced(function* (input: CallOptions) {
  const { request, client, report } = input
  const { requestInit } = yield* Effect.promise(() => import("../request/request-init.ts"))
  const { checkStatus, printResponse } = yield* Effect.promise(() => import("../request/print-response.ts"))
  const { calling } = yield* Effect.promise(() => import("../client/client.ts"))
  const { within } = yield* Effect.promise(() => import("../client/within.ts"))
  if (!URL.canParse(request.url)) return yield* noUrl
  const opened = yield* caller(input, new URL(request.url).origin)
  const init = yield* requestInit(request)
  const response = yield* calling((signal) => opened.fetch(request.url, { ...init, signal })).pipe(
    within(client, "token, or the API no answer,"),
    withProgress("Waiting for the API", report),
  )
  yield* printResponse(response, request)
  yield* checkStatus(response, { delegated: request.as !== undefined })
}, Effect.scoped)

/** A client that may call one origin, for itself or on behalf of somebody. */
const caller: (options: CallOptions, origin: string) => Effect.Effect<Client, CommandError, Scope.Scope> =
  Effect.fnUntraced(function* ({ request, client, flow, target, report }, origin) {
    const { openClient } = yield* Effect.promise(() => import("../client/client.ts"))
    const apis = { [origin]: targetOf(target) }
    const sources = { as: request.as, "data-file": request.dataFile }
    const chosen = request.as === undefined ? flow : onBehalf(request.as)
    return yield* openClient({ client, report, apis, sources, flow: chosen })
  })

const onBehalf = (file: string): Effect.Effect<Flow, CommandError> =>
  Effect.flatMap(
    Effect.promise(() => import("../client/delegation.ts")),
    ({ delegationFlow }) =>
      delegationFlow({ subjectTokenFile: file, subjectType: undefined, actorTokenFile: undefined, wire: undefined }),
  )

const noUrl = new CommandError({
  code: "usage",
  what: "The address of the API is not an absolute URL.",
  fix: "Pass one such as https://api.example/orders.",
})

/** `bearerkit call`: calls an API with a token and prints the response. */
export const call = Command.make("call", options, callApi).pipe(
  Command.withShortDescription("Call an API with a token, as curl would"),
  Command.withDescription(description),
  Command.withExamples(examples),
)
