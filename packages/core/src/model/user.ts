import { own } from "./json.ts"
import type { Claims } from "./claims.ts"

/** A person, as described by the ID token. */
export interface User {
  /** The person's identifier at the issuer; never changes (`sub`). */
  readonly subject: string
  readonly name: string | undefined
  readonly email: string | undefined
  readonly picture: string | undefined
}

/** The person that the claims are about. */
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
