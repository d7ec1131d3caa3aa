import { errors } from "oidc-provider"

import { LoginError } from "../connection/login-error.ts"
import { failureOf, type LoginFailure } from "../protection/login-failure.ts"

/** A failed login as the token endpoint tells it: one code for wrong credentials (RFC 6749 §5.2). */
export const toTokenError = (failure: LoginFailure): errors.OIDCProviderError => {
  if (failure.status === 401) return new errors.InvalidGrant({ detail: failure.description })
  const error = new errors.OIDCProviderError(failure.status, failure.error)
  error.error_description = failure.description
  error.expose = true
  return error
}

/** Looks a person up; a directory that does not answer is an outage, not an unknown person. */
export const orUnavailable = async <Value>(looking: Promise<Value>): Promise<Value> => {
  try {
    return await looking
  } catch (error) {
    throw error instanceof LoginError ? toTokenError(failureOf(error.reason)) : error
  }
}
