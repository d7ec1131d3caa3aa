import { kubernetes } from "@bearerkit/node"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { workloads } from "../../world/people.ts"
import type { Step } from "../step.ts"
import { runJob } from "./job.ts"

/** A pod reads the token that the kubelet has projected into its file system. */
export const kubernetesStep: Step = {
  name: "workload/kubernetes",
  take: async (world, signal) => {
    const subject = workloads.kubernetes
    const folder = await mkdtemp(join(tmpdir(), "bearerkit-pod-"))
    try {
      const tokenFile = join(folder, "token")
      await writeFile(tokenFile, await world.platform.vouch(subject, world.issuer.url), { mode: 0o600 })
      return await runJob(world, {
        source: kubernetes({ tokenFile, subject }),
        subject,
        platform: "Kubernetes",
        signal,
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  },
}
