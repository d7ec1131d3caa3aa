import type { Verifier } from "@bearerkit/core"
import { jwks, makeVerifier, secret } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { createVerifier } from "fast-jwt"
import { verify as honoVerify } from "hono/jwt"
import { jwtVerify } from "jose"
import jsonwebtoken from "jsonwebtoken"
import { bareVerify } from "./bare-crypto.ts"
import { type Contestant, type Effort, measure } from "./measure.ts"
import { type BenchResult, limit, ours, summarise } from "./result.ts"
import { audience, type BenchAlgorithm, type Corpus, issuer, makeCorpus } from "./tokens.ts"

/** Verifies access tokens, each new to the verifier: one after the other, and fifty at a time. */
export async function* verifySuite(effort: Effort): AsyncGenerator<BenchResult> {
  for (const algorithm of algorithms) {
    const corpus = await makeCorpus(algorithm)
    const checks = await makeChecks(corpus)
    for (const [title, way] of ways) {
      const contestants = Object.entries(checks).map(([name, check]) => way(name, check, corpus.tokens))
      const samples = await measure(contestants, { ...effort, batch: inFlight })
      yield summarise({ suite: "verify", case: `${algorithm} ${title}` }, samples)
    }
  }
}

/** Checks a token and throws when it is not accepted. */
type Check = (token: string) => unknown

const algorithms: ReadonlyArray<BenchAlgorithm> = ["HS256", "RS256", "ES256", "EdDSA"]
const inFlight = 50

type Way = (name: string, check: Check, tokens: ReadonlyArray<string>) => Contestant

const serially: Way = (name, check, tokens) => {
  const next = cycle(tokens)
  return {
    name,
    run: async (count) => {
      for (let done = 0; done < count; done++) await check(next())
    },
  }
}

const together: Way = (name, check, tokens) => {
  const next = cycle(tokens)
  return {
    name,
    run: async (count) => {
      await Promise.all(Array.from({ length: count }, () => check(next())))
    },
  }
}

const ways: ReadonlyArray<readonly [string, Way]> = [
  ["serial", serially],
  [`${inFlight} in flight`, together],
]

const makeChecks = async (corpus: Corpus): Promise<Readonly<Record<string, Check>>> => {
  const { algorithm, cryptoKey, keyObject } = corpus
  const verifier = await makeOurs(corpus)
  return {
    [ours]: (token) => accepted(verifier.verify(token)),
    jose: (token) => jwtVerify(token, cryptoKey, { algorithms: [algorithm], issuer, audience, typ: "at+jwt" }),
    "fast-jwt": fastJwt(corpus),
    "hono/utils/jwt": (token) =>
      honoVerify(token, cryptoKey, { alg: algorithm, iss: issuer, aud: audience, typ: "at+jwt" }),
    ...(algorithm !== "EdDSA" && {
      jsonwebtoken: (token) => jsonwebtoken.verify(token, keyObject, { algorithms: [algorithm], issuer, audience }),
    }),
    [limit]: bareVerify(corpus),
  }
}

const makeOurs = ({ algorithm, keyObject, jwk }: Corpus): Promise<Verifier> => {
  const keys = algorithm === "HS256" ? secret(keyObject.export()) : jwks({ keys: [jwk] })
  return Effect.runPromise(makeVerifier({ issuer, audience, keys, algorithms: [algorithm] }))
}

const accepted = (verified: ReturnType<Verifier["verify"]>): unknown =>
  verified instanceof Promise ? verified.then(Result.getOrThrow) : Result.getOrThrow(verified)

const fastJwt = ({ algorithm, keyObject }: Corpus): Check => {
  const key = algorithm === "HS256" ? keyObject.export() : keyObject.export({ type: "spki", format: "pem" })
  return createVerifier({
    key,
    cache: false,
    algorithms: [algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    requiredClaims: ["exp"],
    checkTyp: "at+jwt",
  })
}

const cycle = (tokens: ReadonlyArray<string>): (() => string) => {
  let at = 0
  return () => tokens[at++ % tokens.length] ?? ""
}
