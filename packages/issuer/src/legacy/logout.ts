import type Provider from "oidc-provider"

import type { CheckedConfig } from "../config/check.ts"
import type { Context } from "../context.ts"
import { sendProblem } from "../interaction/send.ts"
import type { Handler } from "../server.ts"

/** `GET /logout` and `/v2/logout`: ends the session without a question, and returns to an address that is on a list. */
export const makeLogout =
  ({ config }: Context, provider: Provider): Handler =>
  async (request, response) => {
    if (request.method !== "GET") return sendProblem(response, 404, "There is no such page.")
    const query = URL.parse(request.url ?? "", "http://issuer.invalid")?.searchParams
    const returnTo = query?.get("returnTo") ?? undefined
    if (returnTo !== undefined && !isAllowed(config, returnTo, query?.get("client_id") ?? undefined)) {
      return sendProblem(
        response,
        400,
        "The address in returnTo is not allowed; list it under logoutUrls of the client.",
      )
    }
    const ctx = provider.createContext(request, response)
    const session = await provider.Session.get(ctx as Parameters<typeof provider.Session.get>[0])
    await session.destroy()
    ctx.cookies.set(provider.cookieName("session"), null)
    response.writeHead(302, {
      location: returnTo ?? provider.pathFor("end_session_success"),
      "cache-control": "no-store",
    })
    response.end()
  }

const isAllowed = ({ clients }: CheckedConfig, returnTo: string, clientId: string | undefined): boolean =>
  [...clients.values()].some(
    ({ id, logoutUrls }) => (clientId === undefined || clientId === id) && logoutUrls.includes(returnTo),
  )
