import { bearerAuth } from "@bearerkit/hono"
import type { Hono } from "hono"
import { jwk } from "hono/jwk"
import { jwt } from "hono/jwt"
import { byHand, joseByHand, protectedBy } from "./by-hand.ts"
import { audience, issuer } from "./expected.ts"
import { fastJwt } from "./fast-jwt.ts"
import { demands } from "./ours.ts"
import type { Corpus } from "./tokens.ts"

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

export const joseApp = ({ algorithm, cryptoKey }: Corpus): Hono => protectedBy(joseByHand(cryptoKey, algorithm))

export const fastJwtApp = (corpus: Corpus, cache: false | number = false): Hono =>
  protectedBy(byHand(fastJwt(corpus, cache)))
