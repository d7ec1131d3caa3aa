const jwtLike = /[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g
const unprintable = /[^\x20-\x7e\u00a0-\u2027\u202f-\u2065\u2070-\ud7ff\ue000-\ufffd]+/g

/**
 * Makes text from outside safe for messages and logs: one line, at most `limit` characters, nothing that looks like a
 * JWT.
 */
export const printable = (text: string, limit = 200): string => {
  const most = limit * 4
  // a token that is cut off here is still recognised by its first dot
  const safe = (text.length > most ? `${text.slice(0, most)}.` : text)
    .replace(jwtLike, "[token removed]")
    .replace(unprintable, " ")
    .trim()
  return safe.length <= limit ? safe : `${safe.slice(0, limit)}…`
}
