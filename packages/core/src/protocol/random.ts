import * as Effect from "effect/Effect"
import { encodeBase64Url } from "../jws/base64url.ts"

/** Unguessable text: 256 random bits as 43 characters of base64url. */
export const randomText: Effect.Effect<string> = /*#__PURE__*/ Effect.sync(() =>
  encodeBase64Url(crypto.getRandomValues(new Uint8Array(32))),
)
