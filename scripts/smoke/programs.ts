/** A program of somebody who uses the packages. */
export interface Program {
  readonly file: string
  readonly text: string
  /** What it prints, trimmed. */
  readonly prints: string
}

const firstToken = `
import { startIssuer } from "@bearerkit/issuer"
import { clientCredentials, clientSecretBasic, createClient, type Client } from "@bearerkit/node"
import { discoveryLayer, httpLayer, issuerKeys, makeVerifier, sharedFlightsLayer } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const secret: string = "a secret of at least thirty-two bytes"
const audience = "https://api.example"
await using issuer = await startIssuer({
  config: { clients: [{ id: "svc", secret, grants: ["client_credentials"] }], apis: [{ audience }] },
})
const client: Client = createClient({
  issuer: issuer.url,
  clientId: "svc",
  clientAuth: clientSecretBasic(secret),
  flow: clientCredentials(),
})
const token = await client.token({ audience })
await client.close()
const layer = discoveryLayer.pipe(Layer.provideMerge(Layer.mergeAll(httpLayer(), sharedFlightsLayer)))
const principal = await Effect.runPromise(
  Effect.gen(function* () {
    const verifier = yield* makeVerifier({ issuer: issuer.url, audience, keys: issuerKeys() })
    return yield* verifier.check(token)
  }).pipe(Effect.provide(layer)),
)
console.log(principal.subject)
`

/** Node, Bun and Deno have each a cryptography of their own. */
const everyAlgorithm = `
import { type Algorithm, jwks, makeVerifier, secret, verifiedTokenCache } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto"

const issuer = "https://issuer.example"
const audience = "https://api.example"
const shared = "a secret of sixty-four bytes or more, that an issuer and an API share"
const now = Math.floor(Date.now() / 1000)
const curves = { ES256: "P-256", ES384: "P-384", ES512: "P-521" }

const makePair = (alg: Algorithm) => {
  if (alg === "EdDSA") return generateKeyPairSync("ed25519")
  if (alg in curves) return generateKeyPairSync("ec", { namedCurve: curves[alg as keyof typeof curves] })
  return generateKeyPairSync("rsa", { modulusLength: 2048 })
}

const signatureOf = (alg: Algorithm, key: KeyObject, input: Buffer): Buffer => {
  const hash = "sha" + alg.slice(2)
  if (alg.startsWith("ES")) return sign(hash, input, { key, dsaEncoding: "ieee-p1363" })
  if (alg.startsWith("PS")) return sign(hash, input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: -1 })
  return sign(alg === "EdDSA" ? null : hash, input, key)
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url")
const claims = { iss: issuer, aud: audience, sub: "alice", client_id: "shop", iat: now, exp: now + 300 }

const check = async (alg: Algorithm): Promise<string> => {
  const pair = alg.startsWith("HS") ? undefined : makePair(alg)
  const mint = (jti: string): string => {
    const input = encode({ alg, typ: "at+jwt", kid: "1" }) + "." + encode({ ...claims, jti })
    const signature = pair
      ? signatureOf(alg, pair.privateKey, Buffer.from(input))
      : createHmac("sha" + alg.slice(2), shared).update(input).digest()
    return input + "." + signature.toString("base64url")
  }
  const keys = pair ? jwks({ keys: [{ ...pair.publicKey.export({ format: "jwk" }), kid: "1", alg }] }) : secret(shared)
  const options = { issuer, audience, keys, algorithms: [alg], cache: verifiedTokenCache() }
  const verifier = await Effect.runPromise(makeVerifier(options))
  const accepts = async (token: string): Promise<boolean> => (await verifier.verify(token))._tag === "Success"

  const tokens = Array.from({ length: 40 }, (_, n) => mint(String(n)))
  const [first = ""] = tokens
  const forged = [...first.slice(first.lastIndexOf(".") + 1)].map((char, at) => {
    const place = first.lastIndexOf(".") + 1 + at
    return first.slice(0, place) + (char === "g" ? "w" : "g") + first.slice(place + 1)
  })
  const atOnce = await Promise.all(tokens.map(accepts))
  const remembered = await Promise.all(tokens.map(accepts))
  const refused = await Promise.all(forged.map(accepts))
  const held = atOnce.every(Boolean) && remembered.every(Boolean) && !refused.some(Boolean)
  return alg + (held ? "" : " IS WRONG")
}

const algorithms: ReadonlyArray<Algorithm> = [
  ...(["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const),
  ...(["ES256", "ES384", "ES512", "EdDSA"] as const),
]
const results: Array<string> = []
for (const alg of algorithms) results.push(await check(alg))
console.log(results.join(" "))
`

export const programs: ReadonlyArray<Program> = [
  { file: "first-token.ts", text: firstToken, prints: "svc" },
  {
    file: "every-algorithm.ts",
    text: everyAlgorithm,
    prints: "HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA",
  },
]
