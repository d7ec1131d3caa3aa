/** Reads a token's payload without checking anything, as a person with a decoder would. */
export const payloadOf = (token: string): Readonly<Record<string, unknown>> => {
  const [, payload = ""] = token.split(".")
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Readonly<Record<string, unknown>>
}
