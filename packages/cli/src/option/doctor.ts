import type * as Command from "effect/cli/Command"
import { list } from "./setting.ts"

/** What doctor checks besides the issuer and the client. */
export const doctorOptions = {
  redirectUri: list(
    "redirect-uri",
    "URI",
    "Redirect URI of logins; by default http://127.0.0.1:49152/callback for a client without secret or key",
  ),
  origin: list("origin", "ORIGIN", "Origin of pages that send requests to the issuer, such as https://app.example"),
}

export type DoctorOptions = Command.Command.Config.Infer<typeof doctorOptions>
