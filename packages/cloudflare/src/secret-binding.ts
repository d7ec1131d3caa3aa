import { BearerError } from "@bearerkit/core"
import * as Redacted from "effect/Redacted"

/**
 * A secret of the Worker's bindings, wrapped so that nothing prints it. Throws a `BearerError` that names the binding
 * if it is missing or empty: at the start, not at the first request.
 *
 * @example clientSecretBasic(secretBinding(env, "CLIENT_SECRET"))
 */
export const secretBinding = <Name extends string>(
  env: { readonly [name in Name]?: unknown },
  name: Name,
): Redacted.Redacted<string> => {
  const value = env[name]
  if (typeof value === "string" && value !== "") return Redacted.make(value)
  const fix = `Run: wrangler secret put ${name}; for wrangler dev put it into .dev.vars.`
  throw new BearerError("invalid_options", `The binding ${name} has no secret. ${fix}`, { fix })
}
