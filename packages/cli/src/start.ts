import * as Effect from "effect/Effect"
import { bearerkit } from "./command/bearerkit.ts"
import { survivesClosedPipes } from "./output/write.ts"
import { runMain } from "./run-main.ts"
import { run } from "./run.ts"

survivesClosedPipes()

const args = process.argv.slice(2)

runMain(
  Effect.flatMap(bearerkit(args), (command) => run(command, args)),
  { disableErrorReporting: true },
)
