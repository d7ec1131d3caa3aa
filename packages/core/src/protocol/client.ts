import type { ClientAuth } from "./client-auth.ts"
import type { DpopKey } from "./dpop.ts"

/** An application registered at an issuer (RFC 6749 §2). */
export interface Client {
  /** The issuer's identifier, exactly as its metadata writes it. */
  readonly issuer: string
  readonly clientId: string
  readonly clientAuth: ClientAuth
  /** The key that this client's tokens are bound to (RFC 9449). @default none: anybody with a token can use it */
  readonly dpop?: DpopKey | undefined
}
