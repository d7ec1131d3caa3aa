import { openTargets } from "../delegation/policy.ts"
import type { CheckedConfig } from "./check.ts"

/** Warnings at start about valid settings. */
export const warningsOf = ({ connections }: CheckedConfig): ReadonlyArray<string> =>
  connections.flatMap((connection, index) => {
    if (connection.strategy !== "ldap" || connection.startTls || connection.url.startsWith("ldaps:")) return []
    const { hostname } = new URL(connection.url)
    if (/^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(hostname)) return []
    return [`connections[${index}] sends passwords in the clear to ${hostname}; set startTls or use ldaps://`]
  })

/** Notes at start about defaults. */
export const notesOf = (config: CheckedConfig): ReadonlyArray<string> => {
  const open = openTargets(config)
  if (open.length === 0) return []
  return [`every client with the grant may delegate to ${open.join(", ")}; allowedCallers restricts that`]
}
