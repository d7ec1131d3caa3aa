import type { IncomingMessage, ServerResponse } from "node:http"

import type { Interaction } from "oidc-provider"
import type Provider from "oidc-provider"
import { errors } from "oidc-provider"

import type { Context } from "../context.ts"
import { BodyError, readParameters } from "../http/body.ts"
import { rateHeaders } from "../http/rate-headers.ts"
import { remoteAddress } from "../http/remote-address.ts"
import { pathOf } from "../http/request-log.ts"
import { isFailure } from "../protection/login.ts"
import type { Handler } from "../server.ts"
import { reachedAcr } from "./acr.ts"
import { consentPage } from "./consent-page.ts"
import { saveConsent } from "./consent.ts"
import { loginPage } from "./login-page.ts"
import { sendPage, sendProblem } from "./send.ts"

interface Visit {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly interaction: Interaction
}

/** The pages for login and consent, under `/interaction/{uid}`. */
export const makeInteraction = (context: Context, provider: Provider): Handler => {
  const show = async ({ response, interaction }: Visit): Promise<void> => {
    if (interaction.prompt.name === "login") return sendPage(response, { markup: loginPage(context, interaction) })
    const client = await provider.Client.find(String(interaction.params["client_id"]))
    sendPage(response, { markup: consentPage(client?.clientName ?? client?.clientId ?? "", interaction) })
  }

  const login = async (visit: Visit): Promise<void> => {
    const { request, response, interaction } = visit
    const form = await readParameters(request)
    const username = form.get("username") ?? ""
    const password = form.get("password") ?? ""
    context.secrets.add(password)
    const connection = context.directory.get(form.get("connection") ?? "")
    if (connection === undefined || connection.disabled || username === "" || password === "") {
      const problem = "Choose where to log in, and give user name and password."
      return sendPage(response, { status: 400, markup: loginPage(context, interaction, problem) })
    }
    const { rate, outcome } = await context.login({ connection, username, password, ip: remoteAddress(request, false) })
    if (!isFailure(outcome)) {
      const acr = reachedAcr(interaction, context.config.acrValues)
      return finish(provider, visit, { login: { accountId: outcome.sub, amr: ["pwd"], acr } })
    }
    const markup = loginPage(context, interaction, outcome.description)
    sendPage(response, { status: outcome.status, markup, headers: rateHeaders(rate, outcome) })
  }

  const consent = async (visit: Visit): Promise<void> =>
    finish(provider, visit, { consent: { grantId: await saveConsent(provider, visit.interaction) } })

  const abort = (visit: Visit): Promise<void> =>
    finish(provider, visit, { error: "access_denied", error_description: "the person refused" })

  const actions: Readonly<Record<string, (visit: Visit) => Promise<void>>> = {
    "GET ": show,
    "POST /login": login,
    "POST /consent": consent,
    "POST /abort": abort,
  }

  return async (request, response) => {
    const [, uid, action] = /^\/interaction\/([\w-]+)(\/\w+)?$/.exec(pathOf(request)) ?? []
    try {
      const interaction = await provider.interactionDetails(request, response)
      const run = actions[`${request.method} ${action ?? ""}`]
      const fits = action === undefined || action === "/abort" || action === `/${interaction.prompt.name}`
      if (run === undefined || interaction.uid !== uid || !fits)
        return sendProblem(response, 404, "There is no such page.")
      await run({ request, response, interaction })
    } catch (error) {
      if (error instanceof errors.SessionNotFound) {
        return sendProblem(response, 400, "This login has ended. Go back to the application and start again.")
      }
      if (error instanceof BodyError) return sendProblem(response, error.status, error.message)
      throw error
    }
  }
}

const finish = (provider: Provider, { request, response }: Visit, result: object): Promise<void> =>
  provider.interactionFinished(request, response, { ...result }, { mergeWithLastSubmission: "consent" in result })
