import type { Principal, Verifier, VerifyError } from "@bearerkit/core"
import * as Result from "effect/Result"
import type { MiddlewareHandler } from "hono"

export interface BearerVariables {
  /** The verified caller. */
  readonly principal: Principal
}

/** Lets verified callers through and answers the others with a challenge (RFC 6750 §3). */
export const bearer =
  (verifier: Verifier): MiddlewareHandler<{ Variables: BearerVariables }> =>
  async (c, next) => {
    const token = tokenOf(c.req.header("authorization"))
    if (token === undefined) {
      c.header("WWW-Authenticate", "Bearer")
      return c.json({ error: "unauthorized", reason: "no_token" }, 401)
    }
    const verified = await verifier.verify(token)
    if (Result.isSuccess(verified)) {
      c.set("principal", verified.success)
      return next()
    }
    const { code } = verified.failure.explanation
    if (isOutage(verified.failure)) return c.json({ error: "temporarily_unavailable", reason: code }, 503)
    c.header("WWW-Authenticate", 'Bearer error="invalid_token"')
    return c.json({ error: "invalid_token", reason: code }, 401)
  }

const tokenOf = (header: string | undefined): string | undefined => /^Bearer +([^\s]+)$/i.exec(header ?? "")?.[1]

const isOutage = ({ reason }: VerifyError): boolean => reason._tag === "KeysUnavailable"
