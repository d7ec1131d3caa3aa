import type * as Command from "effect/cli/Command"
import { list } from "./setting.ts"

/** What doctor checks besides the issuer and the client. */
export const doctorOptions = {
  redirectUri: list(
    "redirect-uri",
    "URI",
    "Where logins come back to; for a client without secret or key http://127.0.0.1:49152/callback",
  ),
  origin: list("origin", "ORIGIN", "The origin of pages that ask the issuer, such as https://app.example"),
}

export type DoctorOptions = Command.Command.Config.Infer<typeof doctorOptions>
