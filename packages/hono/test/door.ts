import { Hono } from "hono"
import { bearerAuth, type BearerAuthOptions, explainRefusal, type Refusal } from "../src/index.ts"

/** An application with one guarded route, and what it was told of refusals. */
export const doorFor = (options: BearerAuthOptions) => {
  const refusals: Array<Refusal> = []
  const app = new Hono()
    .use("/orders/*", bearerAuth({ ...options, onRefused: (refusal) => void refusals.push(refusal) }))
    .all("/orders/mine", (c) => c.json(c.var.auth))
  /** The answer to a token, as far as it decides anything. */
  const knock = async (token: string) => judged(await app.request(url, bearer(token)), refusals)
  return { app, refusals, knock }
}

export const url = "https://api.example/orders/mine"

export const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })

/** 200, or the status with the code of the exact reason. */
const judged = (response: Response, refusals: ReadonlyArray<Refusal>): string =>
  response.status === 200 ? "200" : `${response.status} ${explained(refusals)?.code}`

/** The last reason in words. */
export const explained = (refusals: ReadonlyArray<Refusal>) => {
  const last = refusals.at(-1)
  return last && explainRefusal(last.reason)
}
