import type * as Command from "effect/cli/Command"
import { choice, text } from "./setting.ts"

const flowNames = [
  "login",
  "client-credentials",
  "password",
  "jwt-bearer",
  "github-actions",
  "kubernetes",
  "oauth-ro",
] as const

export type FlowName = (typeof flowNames)[number]

/** How the token is acquired. */
export const flowOptions = {
  flow: choice(
    "flow",
    flowNames,
    "How the token is acquired; by default client-credentials with a secret or key, else the login of bearerkit login",
  ),
  username: text("username", "NAME", "The user name, for password and oauth-ro"),
  passwordFile: text("password-file", "FILE", "File with the password, - for stdin"),
  connection: text("connection", "NAME", "The user directory at the issuer (realm): oauth-ro needs one"),
  device: text("device", "NAME", "The name of the refresh token at the issuer, for oauth-ro with offline_access"),
  subject: text("subject", "NAME", "Whom the token is for, for jwt-bearer and kubernetes"),
  assertionFile: text("assertion-file", "FILE", "Where the pod's projected token is mounted, for kubernetes"),
}

export type FlowOptions = Command.Command.Config.Infer<typeof flowOptions>
