import type { Client, ServerMetadata } from "@bearerkit/core"
import type { ClientAuthMethod } from "../option/client.ts"

/** What is looked at. */
export interface CheckContext {
  readonly issuer: string
  readonly metadata: ServerMetadata
  /** Where there is a client id: the client, and how it authenticates. */
  readonly client: Client | undefined
  readonly method: ClientAuthMethod
  /** Those that the client's logins come back to. */
  readonly redirectUris: ReadonlyArray<string>
  /** Origins of pages that ask the issuer. */
  readonly origins: ReadonlyArray<string>
}
