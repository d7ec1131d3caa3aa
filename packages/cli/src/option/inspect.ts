import type * as Command from "effect/cli/Command"
import { text } from "./setting.ts"

/** What is inspected, and with which keys besides the issuer's. */
export const inspectOptions = {
  tokenFile: text("token-file", "FILE", "File with the token, - for stdin; by default BEARERKIT_TOKEN, else stdin"),
  keysFile: text("keys-file", "FILE", "A JWK Set to check the signature with, instead of asking the issuer"),
}

export type InspectOptions = Command.Command.Config.Infer<typeof inspectOptions>
