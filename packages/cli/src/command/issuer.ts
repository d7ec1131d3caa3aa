import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { text } from "../option/setting.ts"

const options = {
  config: text("config", "FILE", "The issuer's configuration: .json, or .js, .mjs, .ts with a default export"),
  port: Flag.Int("port").pipe(
    Flag.withMetavar("NUMBER"),
    Flag.withDescription("The port, 0 for a free one; 3999 by default"),
    Flag.withDefault(undefined),
  ),
}

const start = Effect.fnUntraced(function* ({ config, port }: Command.Command.Config.Infer<typeof options>) {
  const { runIssuer } = yield* Effect.promise(() => import("../issuer/run-issuer.ts"))
  yield* runIssuer([
    ...(config === undefined ? ["--help"] : ["--config", config]),
    ...(port === undefined ? [] : ["--port", String(port)]),
  ])
})

/** `bearerkit issuer`: starts the local issuer, if its package is installed. */
export const issuer = Command.make("issuer", options, start).pipe(
  Command.withShortDescription("Start a local issuer for development"),
  Command.withDescription(`Start a local issuer for development and tests: the package @bearerkit/issuer, which is looked for in this folder's
  project and beside the command. Without --config it prints a configuration to begin with. Ctrl-C stops it.`),
  Command.withExamples([
    { description: "On a port of its own", command: "bearerkit issuer --config issuer.json --port 3999" },
  ]),
)
