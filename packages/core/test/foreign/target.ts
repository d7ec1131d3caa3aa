import { type Form, one, Refused } from "./form.ts"
import { apis, type ForeignApi } from "./registry.ts"

/** RFC 8707 §2: absolute and without fragment. */
export const apiOf = (form: Form, fallback?: string): ForeignApi => {
  const targets = [...(form.get("audience") ?? []), ...(form.get("resource") ?? [])]
  for (const resource of form.get("resource") ?? []) {
    if (!URL.canParse(resource) || resource.includes("#")) throw new Refused(400, "invalid_target", "not a resource")
  }
  const [target = fallback] = targets
  const api = target === undefined ? undefined : apis.get(target)
  if (api === undefined || targets.length > 1) throw new Refused(400, "invalid_target", "the target is unknown")
  return api
}

/** RFC 6749 §3.3: one space between two. */
export const scopesOf = (form: Form): ReadonlyArray<string> | undefined => {
  const scope = one(form, "scope")
  if (scope === undefined) return undefined
  const scopes = scope.split(" ")
  if (scopes.some((each) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(each)))
    throw new Refused(400, "invalid_scope", "malformed")
  return scopes
}
