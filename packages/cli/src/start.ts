import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import { bearerkit } from "./command/bearerkit.ts"
import { survivesClosedPipes } from "./output/write.ts"
import { run } from "./run.ts"

survivesClosedPipes()

const args = process.argv.slice(2)

NodeRuntime.runMain(
  Effect.flatMap(bearerkit(args), (command) => run(command, args)),
  { disableErrorReporting: true },
)
