import type * as Command from "effect/cli/Command"
import { flag, positive, text } from "./setting.ts"

/** How a person signs in. */
export const loginOptions = {
  device: flag("device", "Sign in on another device, with a code (RFC 8628)"),
  noBrowser: flag("no-browser", "Show the address instead of opening a browser"),
  port: positive(
    "port",
    "NUMBER",
    "The port of the redirect URI, for issuers that do not accept any port; a free one by default",
  ),
  redirectPath: text("redirect-path", "PATH", "The path of the redirect URI; /callback by default"),
}

export type LoginOptions = Command.Command.Config.Infer<typeof loginOptions>
