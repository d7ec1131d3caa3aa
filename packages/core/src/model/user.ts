import { own } from "./json.ts"
import type { Claims } from "./claims.ts"

/** A person, as far as the ID token tells. */
export interface User {
  /** Names the person at the issuer, and never changes (`sub`). */
  readonly subject: string
  readonly name: string | undefined
  readonly email: string | undefined
  readonly picture: string | undefined
}

/** Whom these claims are about. */
export const userOf = (claims: Claims): User => ({
  subject: claims.sub ?? "",
  name: text(claims, "name") ?? text(claims, "nickname") ?? text(claims, "preferred_username"),
  email: text(claims, "email"),
  picture: text(claims, "picture"),
})

const text = (claims: Claims, name: string): string | undefined => {
  const value = own(claims, name)
  return typeof value === "string" && value !== "" ? value : undefined
}
