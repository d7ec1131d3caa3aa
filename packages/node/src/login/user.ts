import type { Claims, CurrentLogin } from "@bearerkit/core"
import * as Redacted from "effect/Redacted"

/**
 * The signed-in person. `idToken` reads like a property but is never printed: `JSON.stringify`, `console.log` and
 * copies of the object leave it out.
 */
export class User {
  readonly #idToken: Redacted.Redacted<string>
  /** The issuer's claims about the person, checked when they arrived. */
  readonly claims: Claims

  constructor(idToken: Redacted.Redacted<string>, claims: Claims) {
    this.#idToken = idToken
    this.claims = claims
  }

  /** The person's identifier at the issuer (`sub`). */
  get subject(): string {
    return this.claims.sub ?? ""
  }

  /** The raw ID token: a secret. */
  get idToken(): string {
    return Redacted.value(this.#idToken)
  }

  /** Shown without its getters, whatever the inspect options. */
  [Symbol.for("nodejs.util.inspect.custom")](): unknown {
    return { claims: this.claims }
  }
}

/** The user of a login; `undefined` if nobody is signed in. */
export const userOf = (login: CurrentLogin | undefined): User | undefined =>
  login?.idToken === undefined || login.claims === undefined ? undefined : new User(login.idToken, login.claims)
