import type { Warning } from "@bearerkit/node"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { CommandError } from "../command-error.ts"
import { clientOptions } from "../option/client.ts"
import { flowOptions } from "../option/flow.ts"
import { outputOptions, type OutputOptions } from "../option/output.ts"
import { targetOptions, type TargetOptions } from "../option/target.ts"
import { type CredentialFormat, formatCredential } from "../output/credential.ts"
import { warn } from "../output/report.ts"
import { printResult } from "../output/write.ts"
import { description, examples } from "./token.help.ts"

const options = { client: clientOptions, flow: flowOptions, target: targetOptions, output: outputOptions }

type TokenOptions = Command.Command.Config.Infer<typeof options>

const getToken = Effect.fnUntraced(function* ({ client, flow, target, output }: TokenOptions) {
  const format = yield* formatOf(output)
  const { call, openClient } = yield* Effect.promise(() => import("../client/client.ts"))
  const warnings: Array<Warning> = []
  const { noInput } = output
  const opened = yield* openClient({ client, flow, noInput, onWarning: (warning) => warnings.push(warning) })
  if (!output.quiet) yield* Effect.forEach(warnings, (warning) => warn(warning, output), { discard: true })
  const credential = yield* call(client, (signal) => opened.credential(targetOf(target), { signal }))
  yield* printResult(formatCredential(credential, format, [...target.audience, ...target.resource]))
}, Effect.scoped)

/** `bearerkit token`: gets one token and prints it. */
export const token = Command.make("token", options, getToken).pipe(
  Command.withShortDescription("Get a token and print it"),
  Command.withDescription(description),
  Command.withExamples(examples),
)

const targetOf = ({ audience, resource, scope }: TargetOptions) => ({ audience, resource, scope: scope.join(" ") })

const formatOf = ({ header, json }: OutputOptions): Effect.Effect<CredentialFormat, CommandError> => {
  if (!header) return Effect.succeed(json ? "json" : "token")
  if (!json) return Effect.succeed("header")
  return Effect.fail(
    new CommandError({
      code: "usage",
      what: "The options --header and --json exclude each other.",
      fix: "Pass one of them.",
    }),
  )
}
