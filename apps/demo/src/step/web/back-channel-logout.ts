import { grace, clients } from "../../world/people.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { knowsAda, shownOn, signIn, textAt, visitorOf } from "./visitor.ts"

/** Ada signs out at the issuer, which tells the web app: the session of that browser is over there, and no other. */
export const backChannelLogout: Step = {
  name: "web/back-channel-logout",
  take: async (world) => {
    const [desk, phone] = [visitorOf(world), visitorOf(world)]
    await signIn(desk)
    await signIn(phone)
    const [jti] = shownOn(await textAt(desk, "/"), "jti")
    expect(await knowsAda(phone), "nobody was signed in on the phone")
    await desk.person.finish(`${world.issuer.url}/session/end`)
    expect(!(await knowsAda(desk)), "the session at the desk goes on")
    expect(await knowsAda(phone), "the session on the phone has ended as well")
    return {
      line: `${grace.username} signed out at the issuer, which told ${clients.web}: her session at the desk is over there, the one on her phone goes on`,
      detail: { jti, client: clients.web, ended: "desk", goesOn: "phone" },
    }
  },
}
