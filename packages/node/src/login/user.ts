import type { Claims, CurrentLogin } from "@bearerkit/core"
import * as Redacted from "effect/Redacted"

/**
 * Who is signed in. `idToken` is read like a property and printed by nothing: neither `JSON.stringify` nor `console.log`
 * nor a copy of the object has it.
 */
export class User {
  readonly #idToken: Redacted.Redacted<string>
  /** What the issuer says of the person; checked when it came. */
  readonly claims: Claims

  constructor(idToken: Redacted.Redacted<string>, claims: Claims) {
    this.#idToken = idToken
    this.claims = claims
  }

  /** The person's identifier at the issuer (`sub`). */
  get subject(): string {
    return this.claims.sub ?? ""
  }

  /** The ID token as it came: a secret. */
  get idToken(): string {
    return Redacted.value(this.#idToken)
  }

  /** Shown without its getters, however much is asked to be shown. */
  [Symbol.for("nodejs.util.inspect.custom")](): unknown {
    return { claims: this.claims }
  }
}

/** The user of a login; nobody, where nobody is signed in. */
export const userOf = (login: CurrentLogin | undefined): User | undefined =>
  login?.idToken === undefined || login.claims === undefined ? undefined : new User(login.idToken, login.claims)
