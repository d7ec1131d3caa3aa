#!/usr/bin/env node
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { bearerkit } from "./command/bearerkit.ts"
import { survivesClosedPipes } from "./output/write.ts"
import { run } from "./run.ts"

survivesClosedPipes()

NodeRuntime.runMain(run(bearerkit, process.argv.slice(2)), { disableErrorReporting: true })
