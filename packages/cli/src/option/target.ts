import type * as Command from "effect/cli/Command"
import { list } from "./setting.ts"

/** The target of the token. */
export const targetOptions = {
  audience: list("audience", "NAME", "The API that accepts the token, as the issuer names it"),
  resource: list("resource", "URI", "The API's absolute URI (RFC 8707)"),
  scope: list("scope", "SCOPES", "The scopes of the token, separated by spaces"),
}

export type TargetOptions = Command.Command.Config.Infer<typeof targetOptions>

/** The target that the options describe. */
export const targetOf = ({ audience, resource, scope }: TargetOptions) => ({
  audience,
  resource,
  scope: scope.join(" "),
})
