import { Person } from "@bearerkit/services"
import * as Effect from "effect/Effect"
import { authorizationCode, beginAuthorization } from "../../src/acquire/authorization-code.ts"
import type { AuthorizationTransaction } from "../../src/acquire/authorization-transaction.ts"
import type { Begun } from "../../src/acquire/begin.ts"
import type { CompleteOptions } from "../../src/acquire/complete.ts"
import { beginImplicit, implicit } from "../../src/acquire/implicit.ts"
import type { TargetInput } from "../../src/model/target.ts"
import type { Client } from "../../src/protocol/client.ts"
import type { FlowInput } from "../laws/flow.ts"
import { alice, callback } from "./world.ts"

/** Sends somebody to the issuer, who comes back with an answer. */
export const arrive = (
  { url, transaction }: Begun,
  person: Person = new Person(alice),
): Effect.Effect<CompleteOptions> =>
  Effect.map(
    Effect.promise(() => person.visit(url)),
    (callback) => ({ transaction, callback }),
  )

export interface LoginCase {
  readonly client: (issuer: string) => Client
  readonly target: TargetInput
  /** What goes wrong between the two steps. */
  readonly spoil?: (options: CompleteOptions) => CompleteOptions
}

type CodeOptions = Partial<Parameters<typeof beginAuthorization>[2]>
type ImplicitOptions = Partial<Parameters<typeof beginImplicit>[2]>

/** The code flow with everything that comes before its last step. */
export const codeFlow =
  ({ client, target, spoil = unspoiled }: LoginCase, options: CodeOptions = {}): FlowInput =>
  (issuer) =>
    beginAuthorization(client(issuer), target, { redirectUri: callback, ...options }).pipe(
      Effect.flatMap((begun) => arrive(begun)),
      Effect.map((arrived) => authorizationCode(spoil(arrived))),
    )

/** The same of the implicit flow. */
export const implicitFlow =
  (
    { client, target, spoil = unspoiled }: LoginCase,
    options: ImplicitOptions & { readonly redirectUri: string },
  ): FlowInput =>
  (issuer) =>
    beginImplicit(client(issuer), target, options).pipe(
      Effect.flatMap((begun) => arrive(begun)),
      Effect.map((arrived) => implicit(spoil(arrived))),
    )

/** A transaction with something else in it. */
export const withOther =
  (other: Partial<AuthorizationTransaction>) =>
  ({ transaction, ...rest }: CompleteOptions): CompleteOptions => ({
    ...rest,
    transaction: { ...transaction, ...other },
  })

const unspoiled = (options: CompleteOptions): CompleteOptions => options
