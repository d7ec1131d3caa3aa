import type { Claims } from "@bearerkit/hono"
import type { Context } from "hono"

/** An API answered something else than the claims it was asked for. */
export class UnexpectedAnswer extends Error {
  override readonly name = "UnexpectedAnswer"
}

/** What is sent to an API: given up when the person has gone, or when it takes too long. */
export const requestTo = (c: Context): { readonly headers: Headers; readonly signal: AbortSignal } => ({
  headers: new Headers({ accept: "application/json" }),
  signal: AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(patience)]),
})

/** The claims that an API has read in the token it was called with. */
export const readAnswer = async (response: Response): Promise<Claims> => {
  const text = await readBounded(response)
  if (!response.ok) throw new UnexpectedAnswer(`The API answered ${response.status}.`)
  const claims = parsed(text)
  if (typeof claims !== "object" || claims === null || Array.isArray(claims)) throw notClaims()
  return claims as Claims
}

const readBounded = async ({ body }: Response): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ""
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > limit) throw new UnexpectedAnswer("The API answered more than a page can show.")
  }
  return text
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw notClaims()
  }
}

const notClaims = (): UnexpectedAnswer =>
  new UnexpectedAnswer("The API answered something that is not a list of claims.")

/** Milliseconds. */
const patience = 10_000
const limit = 64 * 1024
