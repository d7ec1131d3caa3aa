import { verify as honoVerify } from "hono/jwt"
import { jwtVerify } from "jose"
import jsonwebtoken from "jsonwebtoken"
import { bareVerify } from "./bare-crypto.ts"
import { fastJwt } from "./fast-jwt.ts"
import { type Check, inFlight } from "./in-flight.ts"
import { type Effort, measure } from "./measure.ts"
import { accepted, makeOurs } from "./ours.ts"
import { type BenchResult, limit, ours, summarise } from "./result.ts"
import { audience, issuer } from "./expected.ts"
import { algorithms, type Corpus, makeCorpus } from "./tokens.ts"

/** Verifies access tokens, each new to the verifier: one after the other, and fifty at a time. */
export async function* verifySuite(effort: Effort): AsyncGenerator<BenchResult> {
  for (const algorithm of algorithms) {
    const corpus = await makeCorpus(algorithm)
    const checks = await makeChecks(corpus)
    for (const [title, way] of ways) {
      const contestants = Object.entries(checks).map(([name, check]) => way(name, check, corpus.tokens))
      const samples = await measure(contestants, { ...effort, batch: 50 })
      yield summarise({ suite: "verify", case: `${algorithm} ${title}` }, samples)
    }
  }
}

const ways = [
  ["serial", inFlight(1)],
  ["50 in flight", inFlight(50)],
] as const

const makeChecks = async (corpus: Corpus): Promise<Readonly<Record<string, Check>>> => {
  const { algorithm, cryptoKey } = corpus
  const verifier = await makeOurs(corpus)
  return {
    [ours]: (token) => accepted(verifier.verify(token)),
    jose: (token) => jwtVerify(token, cryptoKey, { algorithms: [algorithm], issuer, audience, typ: "at+jwt" }),
    "fast-jwt": fastJwt(corpus),
    "hono/utils/jwt": (token) =>
      honoVerify(token, cryptoKey, { alg: algorithm, iss: issuer, aud: audience, typ: "at+jwt" }),
    ...jsonwebtokens(corpus),
    [limit]: bareVerify(corpus),
  }
}

/** Its README passes the secret or the PEM with each token; a KeyObject is the best that it takes. */
const jsonwebtokens = ({ algorithm, keyObject }: Corpus): Readonly<Record<string, Check>> => {
  if (algorithm === "EdDSA") return {}
  const text = algorithm === "HS256" ? keyObject.export() : keyObject.export({ type: "spki", format: "pem" })
  const options = { algorithms: [algorithm], issuer, audience }
  return {
    jsonwebtoken: (token) => jsonwebtoken.verify(token, text, options),
    "jsonwebtoken (KeyObject)": (token) => jsonwebtoken.verify(token, keyObject, options),
  }
}
