import type { Account } from "../connection/connection.ts"
import type { Context } from "../context.ts"
import { DelegationRefused } from "./refused.ts"

/**
 * The person whom a token is about; `undefined` for a subject that no connection is responsible for, such as a client.
 *
 * Refuses a person who is blocked or deleted. Rejects with a `LoginError` if the directory fails.
 */
export const personOf = async ({ directory }: Context, subject: string): Promise<Account | undefined> => {
  const account = await directory.find(subject)
  if (account?.blocked === true) throw new DelegationRefused("person_blocked", "user is blocked")
  const responsible = directory.connections.some(({ strategy }) => subject.startsWith(`${strategy}|`))
  if (account === undefined && responsible) {
    throw new DelegationRefused("bad_subject_token", "the person of the token does not exist")
  }
  return account
}
