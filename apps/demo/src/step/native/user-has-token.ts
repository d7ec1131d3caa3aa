import { inspect } from "node:util"
import { ada, clients } from "../../world/people.ts"
import { payloadOf } from "../api/payload.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { desktop } from "./desktop.ts"

/** The user that an application is handed after login has the token, and does not print it. */
export const userHasToken: Step = {
  name: "native/user-has-token",
  take: async (world, signal) => {
    await using signedIn = await desktop(world, signal)
    const { app, user } = signedIn
    const claims = payloadOf(user.idToken)
    expect(claims["aud"] === clients.desktop, "the ID token is another application's")
    expect(claims["sub"] === user.subject, "the ID token is about somebody else")
    const printed = JSON.stringify(user) + inspect(user, { depth: 9, showHidden: true })
    expect(!printed.includes(user.idToken), "printing the user shows the token")
    const response = await app.fetch(`${world.api.url}/whoami`, { signal })
    const read = (await response.json()) as Readonly<Record<string, unknown>>
    expect(response.status === 200 && read["sub"] === user.subject, `the API answered ${response.status}`)
    return {
      line: `const { user } = await client.login(): ${ada.username} is ${user.subject}, user.idToken is for ${clients.desktop}, and printing the user shows none of it`,
      detail: { jti: read["jti"], client: clients.desktop, subject: user.subject },
    }
  },
}
