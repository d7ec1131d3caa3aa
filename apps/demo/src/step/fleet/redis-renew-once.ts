import { redis } from "@bearerkit/redis"
import { isRedisAvailable, startRedis } from "@bearerkit/services"
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { ada, clients } from "../../world/people.ts"
import type { World } from "../../world/world.ts"
import { expect } from "../expect.ts"
import { desktop, target } from "../native/desktop.ts"
import type { Step } from "../step.ts"
import type { Report, Task } from "./member.ts"

/** A login that two processes share in Redis ends for all their callers at once; one of them renews it. */
export const redisRenewOnce: Step = {
  name: "fleet/redis-renew-once",
  take: async (world, signal) => {
    const available = isRedisAvailable()
    if (!available.available) return { skipped: `${available.why}; to get it: ${available.how}` }
    await using server = await startRedis()
    await using _signedIn = await desktop(world, signal, { storage: redis({ url: server.url }), account: ada.username })
    const before = world.issuer.refreshes.length
    const reports = await Promise.all(Array.from({ length: processes }, () => member(world, server.url, signal)))
    const tokens = new Set(reports.flatMap((report) => ("tokens" in report ? report.tokens : [])))
    const failed = reports.find((report) => "failed" in report)
    expect(failed === undefined, failed?.failed ?? "")
    const spent = world.issuer.refreshes.slice(before)
    expect(spent.length === 1, `the issuer saw ${spent.length} refresh requests`)
    expect(tokens.size === 1, `the callers got ${tokens.size} different tokens`)
    return {
      line: `${ada.username}'s login ended for ${processes} processes with ${callers} callers each, which share it in Redis; the issuer saw one refresh request, and all got the same token`,
      detail: { jti: [...tokens][0], client: clients.desktop, processes, callers, requests: spent.length },
    }
  },
}

const processes = 2
const callers = 250

/** Two hours: what the login began with has ended. */
const later = 7_200_000

const program = fileURLToPath(import.meta.resolve("./member.ts"))

const member = async (world: World, redisUrl: string, signal: AbortSignal): Promise<Report> => {
  const child = fork(program, { signal, stdio: ["ignore", "inherit", "inherit", "ipc"] })
  try {
    await once(child, "message", { signal })
    const ahead = world.now() - Date.now() + later
    const { url: issuer } = world.issuer
    const task: Task = { issuer, clientId: clients.desktop, account: ada.username, target, redisUrl, callers, ahead }
    child.send(task)
    const [report] = (await once(child, "message", { signal })) as [Report]
    return report
  } finally {
    child.kill()
  }
}
