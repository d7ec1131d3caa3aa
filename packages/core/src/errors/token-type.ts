import { type Explanation, permanent } from "./explanation.ts"

/**
 * A token came that is bound to a key where the client has none, or is not bound where the client has one (RFC 9449 §5);
 * or one of a type that is not known here, or that no API is called with (RFC 6749 §7.1, RFC 8693 §2.2.1).
 */
export interface TokenTypeMismatch {
  readonly _tag: "TokenTypeMismatch"
  /** Who issued it, where that is known. */
  readonly url?: string
  /** What came, made printable. */
  readonly tokenType: string
}

export const explainTokenType = ({ url, tokenType }: TokenTypeMismatch): Explanation<"token_type_mismatch"> => {
  const mismatch = (problem: string, fix: string) =>
    permanent("token_type_mismatch", `${url ?? "The issuer"} issued a token ${problem}.`, fix)
  switch (tokenType) {
    case "DPoP":
      return mismatch(
        "that is bound to a DPoP key, and this client has none",
        "Give the client the key, or have the issuer take it for one without.",
      )
    case "Bearer":
      return mismatch(
        "that is not bound to the client's DPoP key",
        "Enable DPoP for this client at the issuer, or make the key with allowBearer.",
      )
    default:
      return mismatch(
        `of the type ${tokenType}, with which no API can be called`,
        "Ask for an access token, and have the issuer give this client one of the type Bearer or DPoP.",
      )
  }
}
