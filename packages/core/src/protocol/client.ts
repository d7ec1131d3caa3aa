import type { ClientAuth } from "./client-auth.ts"

/** An application registered at an issuer (RFC 6749 §2). */
export interface Client {
  /** The issuer's identifier, exactly as its metadata writes it. */
  readonly issuer: string
  readonly clientId: string
  readonly clientAuth: ClientAuth
}
