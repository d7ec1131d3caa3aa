import { Hono, type MiddlewareHandler } from "hono"
import { HTTPException } from "hono/http-exception"
import { type CryptoKey, jwtVerify } from "jose"
import { audience, issuer } from "./expected.ts"
import type { Check } from "./in-flight.ts"

/** Sends a request with the token to the app, which must let it in. */
export const request =
  (app: Hono): Check =>
  async (token) => {
    const { status } = await app.fetch(requestWith(token))
    if (status !== 200) throw new Error(`answered ${status} to a valid token`)
  }

export const requestWith = (token: string): Request =>
  new Request(url, { headers: { authorization: `Bearer ${token}` } })

const url = "https://api.example/orders/mine"

export const unprotectedApp = (): Hono => new Hono().get("/orders/mine", (c) => c.text("yours"))

export const protectedBy = (auth: MiddlewareHandler): Hono =>
  new Hono().use("/orders/*", auth).get("/orders/mine", (c) => c.text("yours"))

/** `jose` in it, with a key that is imported once. */
export const joseByHand = (key: CryptoKey, algorithm: string): MiddlewareHandler =>
  byHand((token) => jwtVerify(token, key, { algorithms: [algorithm], issuer, audience, typ: "at+jwt" }))

/** The middleware that people write around a library. */
export const byHand =
  (verify: Check): MiddlewareHandler =>
  async (c, next) => {
    const [scheme, token] = c.req.header("authorization")?.split(" ") ?? []
    if (scheme?.toLowerCase() !== "bearer" || token === undefined) throw new HTTPException(401)
    try {
      c.set("claims", await verify(token))
    } catch {
      throw new HTTPException(401)
    }
    await next()
  }
