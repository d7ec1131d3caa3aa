import { createHash, randomBytes } from "node:crypto"

import { forgetOldest } from "../protection/rate-limit.ts"

/** What a refresh token of `/oauth/ro` stands for; it neither rotates nor expires. */
export interface LegacyRefreshToken {
  readonly clientId: string
  readonly sub: string
  readonly scopes: ReadonlySet<string>
  readonly device: string
}

/** The refresh tokens of the old endpoints, kept by their hashes. */
export interface LegacyRefreshTokens {
  readonly issue: (stored: LegacyRefreshToken) => string
  readonly find: (token: string) => LegacyRefreshToken | undefined
  /** Ends a token of this client; any other stays. */
  readonly revoke: (token: string, clientId: string) => void
}

/** Keeps as many as its capacity; the oldest are evicted. */
export const makeLegacyRefreshTokens = (capacity: number): LegacyRefreshTokens => {
  const tokens = new Map<string, LegacyRefreshToken>()
  return {
    issue: (stored) => {
      const token = randomBytes(32).toString("base64url")
      tokens.set(hash(token), stored)
      forgetOldest(tokens, capacity)
      return token
    },
    find: (token) => tokens.get(hash(token)),
    revoke: (token, clientId) => {
      if (tokens.get(hash(token))?.clientId === clientId) tokens.delete(hash(token))
    },
  }
}

const hash = (token: string): string => createHash("sha256").update(token).digest("base64url")
