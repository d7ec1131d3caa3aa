import { createVerifier } from "fast-jwt"
import { audience, issuer } from "./expected.ts"
import type { Corpus } from "./tokens.ts"

/** fast-jwt's verifier, as strict as ours as far as it goes; with `cache` the number of tokens that it remembers. */
export const fastJwt = (
  { algorithm, keyObject }: Corpus,
  cache: false | number = false,
): ((token: string) => unknown) =>
  createVerifier({
    key: algorithm === "HS256" ? keyObject.export() : keyObject.export({ type: "spki", format: "pem" }),
    cache,
    algorithms: [algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    requiredClaims: ["exp"],
    checkTyp: "at+jwt",
  })
