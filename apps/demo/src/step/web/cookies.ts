import { makeWeb } from "@bearerkit/app-web"
import { cookieSessions, memoryStorage, type SessionStorage, storedSessions } from "@bearerkit/hono"
import { grace, clients } from "../../world/people.ts"
import type { World } from "../../world/world.ts"
import { payloadOf } from "../api/payload.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"
import { signIn, visitorOf } from "./visitor.ts"

/** Ada signs in at the web app, once with her session in sealed cookies and once in a store; the app finds her ID token. */
export const cookies: Step = {
  name: "web/cookies",
  take: async (world) => {
    const sealed = await signedInWith(world, cookieSessions())
    const stored = await signedInWith(world, storedSessions({ storage: memoryStorage() }))
    expect(stored.length < 100, `the name of a session in a store takes ${stored.length} characters`)
    expect(sealed.jti !== stored.jti, "both logins have the same ID token")
    return {
      line: `${grace.username} signed in with sealed cookies (${sealed.length} characters) and with a store (${stored.length}): __Host-, Secure, HttpOnly, SameSite=Lax; the app found her ID token`,
      detail: {
        jti: stored.jti,
        client: clients.web,
        subject: stored.subject,
        sealed: { jti: sealed.jti, characters: sealed.length },
        stored: { characters: stored.length },
      },
    }
  },
}

interface Found {
  readonly jti: unknown
  readonly subject: unknown
  /** Of the session's cookies. */
  readonly length: number
}

const signedInWith = async (world: World, sessions: SessionStorage): Promise<Found> => {
  await using web = makeWeb({ ...world.web.options, sessions, now: world.now })
  const app = web.app.get("/id-token", (c) => c.text(c.var.session?.find("id_token") ?? ""))
  const lines: Array<string> = []
  const visitor = visitorOf(world, {
    request: async (url, init) => {
      const response = await app.request(url, init)
      lines.push(...response.headers.getSetCookie())
      return response
    },
  })
  await signIn(visitor)
  const idToken = await (await visitor.get("/id-token")).text()
  const { jti, sub, aud } = payloadOf(idToken)
  expect(aud === clients.web, `the ID token is for ${String(aud)}`)
  expect(!lines.some((line) => line.includes(idToken)), "a cookie has the ID token in it")
  for (const line of lines) {
    const [pair = "", ...attributes] = line.split("; ")
    expect(pair.startsWith("__Host-session"), `a cookie is called ${pair.split("=")[0]}`)
    expect(
      wanted.every((each) => attributes.includes(each)),
      `a cookie has only ${attributes.join("; ")}`,
    )
    expect(!attributes.some((each) => each.startsWith("Domain")), "a cookie goes to other hosts as well")
  }
  const kept = visitor.named("__Host-session").map((name) => visitor.cookies.get(name) ?? "")
  return { jti, subject: sub, length: kept.join("").length }
}

const wanted = ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"]
