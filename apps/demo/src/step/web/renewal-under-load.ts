import { grace, clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { complete, shownOn, textAt, visitorOf } from "./visitor.ts"

/** A page fires twenty requests when the token has ended, and four processes with one Redis answer them. */
export const renewalUnderLoad: Step = {
  name: "web/renewal-under-load",
  prepare: (world) => {
    // who takes the step hears of a failure
    if (world.noRedis === undefined) world.fleet().catch(() => {})
  },
  take: async (world) => {
    if (world.noRedis !== undefined) return { skipped: world.noRedis }
    const arriving = visitorOf(world)
    const arrival = await arriving.arrive()
    const { members, passTime } = await world.fleet()
    // any process completes what another has begun
    const visitor = arriving.copyAt(members[0])
    await complete(visitor, arrival)
    const [, ended] = shownOn(await textAt(visitor, "/"), "jti")
    const before = world.issuer.refreshes.length
    await passTime(hour)
    const browsers = Array.from({ length: requests }, (_, n) =>
      visitor.copyAt(members[n % members.length] ?? members[0]),
    )
    const pages = await Promise.all(browsers.map((browser) => textAt(browser, "/")))
    const spent = world.issuer.refreshes.slice(before)
    expect(spent.length === 1, `the issuer saw ${spent.length} refresh requests`)
    const signedOut = pages.filter((page) => !page.includes(grace.name)).length
    expect(signedOut === 0, `${signedOut} of the answers knew nobody`)
    const [jti, ...others] = new Set(pages.map((page) => shownOn(page, "jti")[1]))
    expect(others.length === 0, `the processes have ${others.length + 1} tokens`)
    expect(jti !== ended, "the processes have the token that has ended")
    return {
      line: `${requests} requests of ${grace.username}'s session at expiry, on ${members.length} processes with one Redis: the issuer saw one refresh request, and nobody was signed out`,
      detail: { jti, client: clients.web, processes: members.length, requests, refreshRequests: spent.length },
    }
  },
}

const requests = 20
const hour = 3_600_000
