const MAX_LENGTH = 200

/**
 * Makes text of a request safe for a line of the log and for `error_description` (RFC 6749 §5.2). It can be anything,
 * even a token.
 */
export const printable = (text: string): string =>
  text
    .slice(0, 4 * MAX_LENGTH)
    .replaceAll(/[\w-]+\.[\w-]+\.[\w-]*|[\w-]{40,}/g, (run) => (looksSecret(run) ? "[hidden]" : run))
    .replaceAll(/[^\x20-\x7E]|["\\]/g, "?")
    .slice(0, MAX_LENGTH)

const looksSecret = (run: string): boolean => run.startsWith("ey") || run.length >= 40
