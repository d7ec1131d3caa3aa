import { ada, clients } from "../../world/people.ts"
import { payloadOf } from "../api/payload.ts"
import { whoami } from "../delegation/whoami.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { desktop } from "./desktop.ts"

/** The system's browser signs Ada in and comes back to a port of this machine, which answers once (RFC 8252). */
export const loopbackStep: Step = {
  name: "native/loopback",
  take: async (world, signal) => {
    await using signedIn = await desktop(world, signal)
    const { app, user } = signedIn
    const token = await app.token(undefined, { signal })
    const read = await whoami(world, token, "/whoami")
    expect(read["sub"] === user.subject, "the API read somebody else")
    return {
      line: `${ada.username} signed in with the browser, which came back to 127.0.0.1; ${clients.desktop} got a code, traded it with PKCE, and the API read the same person`,
      detail: { jti: payloadOf(token)["jti"], client: clients.desktop, subject: user.subject, audience: read["aud"] },
    }
  },
}
