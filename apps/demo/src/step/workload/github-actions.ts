import { githubActions } from "@bearerkit/node"
import { workloads } from "../../world/people.ts"
import type { Step } from "../step.ts"
import { runJob } from "./job.ts"

/** A job of GitHub Actions asks its runner for a token, made out to the issuer. */
export const githubActionsStep: Step = {
  name: "workload/github-actions",
  take: (world, signal) => {
    const { requestUrl, requestToken } = world.platform
    const source = githubActions({ requestUrl, requestToken, subject: "the job of the demo" })
    return runJob(world, { source, subject: workloads.githubActions, platform: "GitHub Actions", signal })
  },
}
