import { type Claims, type CurrentLogin, type User as Person, userOf as personOf } from "@bearerkit/core"
import * as Redacted from "effect/Redacted"

/**
 * The signed-in person, as `claims` describe them. `idToken` reads like a property but is never printed:
 * `JSON.stringify`, `console.log` and copies of the object leave it out.
 */
export class User implements Person {
  readonly #idToken: Redacted.Redacted<string>
  /** The issuer's claims about the person, checked when they arrived. */
  readonly claims: Claims

  constructor(idToken: Redacted.Redacted<string>, claims: Claims) {
    this.#idToken = idToken
    this.claims = claims
  }

  /** The person's identifier at the issuer (`sub`). */
  get subject(): string {
    return personOf(this.claims).subject
  }

  get name(): string | undefined {
    return personOf(this.claims).name
  }

  get email(): string | undefined {
    return personOf(this.claims).email
  }

  /** A URL. */
  get picture(): string | undefined {
    return personOf(this.claims).picture
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
