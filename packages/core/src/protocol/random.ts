import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"

/** Text that nobody can guess: 256 random bits as 43 characters of base64url. */
export const randomText: Effect.Effect<string> = /*#__PURE__*/ Effect.sync(() =>
  Base64Url.encode(crypto.getRandomValues(new Uint8Array(32))),
)
