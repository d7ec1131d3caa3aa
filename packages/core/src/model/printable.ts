const jwtLike = /[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g
const unprintable = /[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]+/g

/** Text from outside made safe for a message or a log: one line, at most `limit` characters, without anything that looks like a JWT. */
export const printable = (text: string, limit = 200): string => {
  const safe = text
    .slice(0, limit * 4)
    .replace(jwtLike, "[token removed]")
    .replace(unprintable, " ")
    .trim()
  return safe.length <= limit ? safe : `${safe.slice(0, limit)}…`
}
