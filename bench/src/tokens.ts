import { type CryptoKey, type JWK, SignJWT } from "jose"
import { createHmac, createSecretKey, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from "node:crypto"
import { audience, issuer } from "./expected.ts"

export const algorithms = ["HS256", "RS256", "ES256", "EdDSA"] as const
export type BenchAlgorithm = (typeof algorithms)[number]

/** Tokens of one algorithm, no two alike, with the key that checks them in every form a library may ask for. */
export interface Corpus {
  readonly algorithm: BenchAlgorithm
  readonly tokens: ReadonlyArray<string>
  readonly signingKey: KeyObject
  readonly keyObject: KeyObject
  readonly cryptoKey: CryptoKey
  readonly jwk: JWK
}

/** Access tokens as RFC 9068 has them, 560 bytes each with HS256 and 860 with RS256. */
export const makeCorpus = async (algorithm: BenchAlgorithm): Promise<Corpus> => {
  const { signing, checking } = makeKeys(algorithm)
  const tokens = await Promise.all(Array.from({ length: 256 }, () => makeToken(algorithm, signing)))
  return {
    algorithm,
    tokens,
    signingKey: signing,
    keyObject: checking,
    cryptoKey: checking.toCryptoKey(webAlgorithms[algorithm], true, ["verify"]),
    jwk: { ...(checking.export({ format: "jwk" }) as JWK), kid },
  }
}

/** More tokens for the same secret, each another, made fast. */
export const signDistinct = ({ tokens: [first = ""], signingKey }: Corpus): (() => string) => {
  const [header, payload = ""] = first.split(".")
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as object
  let count = 0
  return () => {
    const content = Buffer.from(JSON.stringify({ ...claims, jti: `${count++}` })).toString("base64url")
    const input = `${header}.${content}`
    return `${input}.${createHmac("sha256", signingKey).update(input).digest("base64url")}`
  }
}

const kid = "2026-11"

const webAlgorithms = {
  HS256: { name: "HMAC", hash: "SHA-256" },
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  EdDSA: { name: "Ed25519" },
} as const

const makeKeys = (algorithm: BenchAlgorithm): { readonly signing: KeyObject; readonly checking: KeyObject } => {
  if (algorithm === "HS256") {
    const secret = createSecretKey(randomBytes(32))
    return { signing: secret, checking: secret }
  }
  const { privateKey, publicKey } = makePair(algorithm)
  return { signing: privateKey, checking: publicKey }
}

const makePair = (algorithm: Exclude<BenchAlgorithm, "HS256">) => {
  switch (algorithm) {
    case "RS256":
      return generateKeyPairSync("rsa", { modulusLength: 2048 })
    case "ES256":
      return generateKeyPairSync("ec", { namedCurve: "P-256" })
    case "EdDSA":
      return generateKeyPairSync("ed25519")
  }
}

const makeToken = (alg: BenchAlgorithm, key: KeyObject): Promise<string> =>
  new SignJWT({ client_id: randomUUID(), scope: "openid profile email read:orders write:orders", roles: ["clerk"] })
    .setProtectedHeader({ alg, typ: "at+jwt", kid })
    .setIssuer(issuer)
    .setAudience([audience, "https://issuer.example/userinfo"])
    .setSubject(`auth0|${randomBytes(12).toString("hex")}`)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime("2h")
    .sign(key)
