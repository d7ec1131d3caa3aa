import { bearerAuth } from "@bearerkit/hono"
import { Hono, type MiddlewareHandler } from "hono"
import { HTTPException } from "hono/http-exception"
import { jwk } from "hono/jwk"
import { jwt } from "hono/jwt"
import { jwtVerify } from "jose"
import { fastJwt } from "./fast-jwt.ts"
import type { Check } from "./in-flight.ts"
import { demands } from "./ours.ts"
import { audience, type Corpus, issuer } from "./tokens.ts"

/** Sends a request with the token to the app, which must let it in. */
export const request =
  (app: Hono): Check =>
  async (token) => {
    const { status } = await app.fetch(new Request(url, { headers: { authorization: `Bearer ${token}` } }))
    if (status !== 200) throw new Error(`answered ${status} to a valid token`)
  }

const url = "https://api.example/orders/mine"

export const unprotectedApp = (): Hono => new Hono().get("/orders/mine", (c) => c.text("yours"))

const protectedBy = (auth: MiddlewareHandler): Hono =>
  new Hono().use("/orders/*", auth).get("/orders/mine", (c) => c.text("yours"))

export const ourApp = (corpus: Corpus, cache?: ReturnType<typeof demands>["cache"]): Hono =>
  protectedBy(bearerAuth({ ...demands(corpus), cache }))

/** All of them check what ours does as far as they go. */
const verification = { iss: issuer, aud: audience, typ: "at+jwt" }

export const honoJwkApp = ({ algorithm, jwk: key }: Corpus): Hono => {
  if (algorithm === "HS256") throw new Error("hono/jwk takes no secrets")
  return protectedBy(jwk({ keys: [{ ...key, kid: key.kid ?? "" }], alg: [algorithm], verification }))
}

/** Its README gives text; a CryptoKey is the best that it takes. */
export const honoJwtApp = ({ algorithm, cryptoKey }: Corpus): Hono =>
  protectedBy(jwt({ secret: cryptoKey, alg: algorithm, verification }))

export const joseApp = ({ algorithm, cryptoKey }: Corpus): Hono =>
  protectedBy(
    byHand((token) => jwtVerify(token, cryptoKey, { algorithms: [algorithm], issuer, audience, typ: "at+jwt" })),
  )

export const fastJwtApp = (corpus: Corpus, cache: false | number = false): Hono =>
  protectedBy(byHand(fastJwt(corpus, cache)))

/** The middleware that people write around a library. */
const byHand =
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
