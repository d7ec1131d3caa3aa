import type { Account } from "../connection/connection.ts"

/** What a person's tokens say about them (OpenID Connect Core §5.1), before the scope narrows it. */
export const claimsOf = (account: Account) => ({
  ...account.claims,
  ...account.profile,
  preferred_username: account.profile.username,
  sub: account.sub,
})
