import type { RareRefusal } from "./rejection.ts"

// The words for what only some endpoints say: whoever asks none of them does not ship them.

export const accountBlocked: RareRefusal = {
  code: "account_blocked",
  fix: "Have the account unblocked at the issuer.",
}

export const authorizationPending: RareRefusal = {
  code: "authorization_pending",
  fix: "Ask again later: the person has not finished yet.",
}

export const connectionUnavailable: RareRefusal = {
  code: "connection_unavailable",
  fix: "Check the connection's name, and that it is enabled for this client.",
}

export const insufficientScope: RareRefusal = {
  code: "insufficient_scope",
  fix: "Get a token with the scope that this needs.",
}

export const invalidCredentials: RareRefusal = {
  code: "invalid_credentials",
  fix: "Check the user name and password.",
}

export const invalidToken: RareRefusal = {
  code: "invalid_token",
  fix: "Get a new access token: this one is wrong, expired or revoked.",
}

export const passwordLeaked: RareRefusal = {
  code: "password_leaked",
  fix: "Have the user set a new password: this one is known from a leak elsewhere.",
}

export const slowDown: RareRefusal = {
  code: "slow_down",
  fix: "Ask less often.",
}
