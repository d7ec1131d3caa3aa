/** Why text cannot be sent as a token; `undefined` if it can. Completes "The option … …". */
export const tokenProblem = (text: unknown): string | undefined => {
  if (typeof text !== "string" || text === "") return "is not a token: it is empty or no text"
  if (/^(bearer|dpop)\s/i.test(text)) return "is a whole Authorization header: take the part after the scheme"
  return isTokenText(text) ? undefined : "is not a token: it has spaces, line breaks or other characters"
}

/** Visible ASCII: RFC 6749 appendix A.12 also allows a space, but a header does not. */
export const isTokenText = (value: unknown): value is string =>
  typeof value === "string" && /^[\x21-\x7e]+$/.test(value)
