import type { Client, ServerMetadata } from "@bearerkit/core"
import type { ClientAuthMethod } from "../option/client.ts"

/** What the checks work on. */
export interface CheckContext {
  readonly issuer: string
  readonly metadata: ServerMetadata
  /** With a client id: the client, and how it authenticates. */
  readonly client: Client | undefined
  readonly method: ClientAuthMethod
  /** The redirect URIs of the client's logins. */
  readonly redirectUris: ReadonlyArray<string>
  /** Origins of pages that send requests to the issuer. */
  readonly origins: ReadonlyArray<string>
}
