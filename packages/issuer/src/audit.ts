import { createHash } from "node:crypto"

/** One issued token, without the token. */
export interface AuditEntry {
  /** ISO 8601. */
  readonly at: string
  /** The token's `jti`; for an opaque token, which has none, the beginning of its SHA-256. */
  readonly jti: string
  readonly client: string
  readonly subject: string
  readonly audience: string | ReadonlyArray<string>
  readonly grant: string
  readonly kind: "access_token" | "id_token"
  readonly scope?: string
  /** Who acts for the subject, the current actor first; only for a delegated token. */
  readonly actors?: ReadonlyArray<string>
  /** The token itself does not name its actors. */
  readonly impersonation?: true
}

export interface Audit {
  readonly entries: ReadonlyArray<AuditEntry>
  readonly add: (entry: Omit<AuditEntry, "at">) => void
  readonly listen: (listener: (entry: AuditEntry) => void) => () => void
}

const MAX_ENTRIES = 100_000

/** The issuer's own record of what it issued. */
export const makeAudit = (): Audit => {
  const entries: Array<AuditEntry> = []
  const listeners = new Set<(entry: AuditEntry) => void>()
  return {
    entries,
    add: (issued) => {
      const entry = { at: new Date().toISOString(), ...issued }
      entries.push(entry)
      if (entries.length > MAX_ENTRIES) entries.shift()
      for (const listener of listeners) listener(entry)
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** Identifies an opaque token where the token itself must not appear. */
export const fingerprint = (token: string): string =>
  `sha256:${createHash("sha256").update(token).digest("hex").slice(0, 16)}`
