import type { IncomingMessage } from "node:http"

import type { Account } from "../connection/connection.ts"
import type { Context } from "../context.ts"
import { TokenError } from "../delegation/issued-token.ts"
import { verifyIssued } from "../delegation/verify-issued.ts"
import type { Answer } from "../http/answer.ts"
import { readParameters } from "../http/body.ts"
import { rateHeaders } from "../http/rate-headers.ts"
import { remoteAddress } from "../http/remote-address.ts"
import { makeRateLimiter } from "../protection/rate-limit.ts"
import { LegacyError, toAnswer, usePost } from "./legacy-error.ts"
import { makeReader } from "./reader.ts"

/** `POST /tokeninfo`: the profile of the person whose ID token it is. */
export const makeTokeninfo = (context: Context) => {
  const limiter = makeRateLimiter(context.now, { burst: 800, perMinute: 800 })

  return async (request: IncomingMessage): Promise<Answer> => {
    if (request.method !== "POST") return usePost("a token")
    const { allowed, ...rate } = limiter.take(remoteAddress(request, false))
    const headers = rateHeaders(rate)
    try {
      if (!allowed) throw new LegacyError(429, "too_many_requests", "Too many requests; try again later.")
      const idToken = makeReader(await readParameters(request)).required("id_token")
      context.secrets.add(idToken)
      return { status: 200, body: await profileOf(context, idToken), headers }
    } catch (error) {
      return { ...toAnswer(error), headers }
    }
  }
}

const profileOf = async (context: Context, idToken: string): Promise<object> => {
  const { subject, audience } = await read(context, idToken)
  const account = await context.directory.find(subject)
  if (account === undefined) throw unauthorized("the user does not exist")
  if (account.blocked) throw unauthorized("user is blocked")
  return { ...toProfile(account), clientID: audience, global_client_id: audience }
}

const read = async (context: Context, idToken: string) => {
  try {
    return await verifyIssued(context, idToken, "id_token")
  } catch (error) {
    throw error instanceof TokenError ? unauthorized(`the id_token ${error.message}`) : error
  }
}

const unauthorized = (description: string): LegacyError => new LegacyError(401, "unauthorized", description)

const toProfile = ({ sub, connection, profile }: Account): object => {
  const separator = sub.indexOf("|")
  const identity = { user_id: sub.slice(separator + 1), provider: sub.slice(0, separator), connection, isSocial: false }
  return { user_id: sub, ...profile, identities: [identity] }
}
