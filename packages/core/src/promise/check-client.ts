import { invalidOptions } from "../errors/acquire-error.ts"
import { checkUrl } from "../http/url.ts"
import type { ClientAuth } from "../protocol/client-auth.ts"
import { toBearerError } from "./bearer-error.ts"

/** The options that identify a client. */
export interface ClientIdentity {
  readonly issuer: string
  readonly clientId: string
  readonly clientAuth?: ClientAuth | undefined
  readonly allowInsecureRequests?: boolean | undefined
}

/** Throws a `BearerError` for options with which every request would fail. */
export const checkClient = ({ issuer, clientId, clientAuth, allowInsecureRequests = false }: ClientIdentity): void => {
  if (!isFilled(issuer)) throw wrong("issuer", "is missing")
  const problem = checkUrl(issuer, allowInsecureRequests)
  if (problem !== undefined) throw wrong("issuer", problem.problem, problem.fix)
  if (!isFilled(clientId)) throw wrong("clientId", "is missing")
  if (clientAuth?.problem !== undefined) throw toBearerError(clientAuth.problem)
}

const isFilled = (value: unknown): boolean => typeof value === "string" && value !== ""

const wrong = (...[field, problem, fix]: Parameters<typeof invalidOptions>) =>
  toBearerError(invalidOptions(field, problem, fix))
