import * as Result from "effect/Result"
import type { Invalid } from "./invalid.ts"

/**
 * What a token is for, as a caller writes it. All members are optional: the empty target means the issuer's default.
 *
 * @see RFC 6749 §3.3 (scope), RFC 8707 §2 (resource)
 */
export interface TargetInput {
  /** The API that accepts the token; an opaque identifier chosen by the issuer. */
  readonly audience?: string | ReadonlyArray<string> | undefined
  /** The absolute URI of the API, without fragment. */
  readonly resource?: string | ReadonlyArray<string> | undefined
  /** Space-separated or a list. */
  readonly scope?: string | ReadonlyArray<string> | undefined
  readonly organization?: string | undefined
}

/** A validated target: its lists are sorted and free of duplicates, so equal targets serialise to equal text. */
export interface Target {
  readonly audiences: ReadonlyArray<string>
  readonly resources: ReadonlyArray<string>
  readonly scopes: ReadonlyArray<string>
  readonly organization: string | undefined
}

/** Validates and normalises a target. */
export const parseTarget = (input: TargetInput): Result.Result<Target, Invalid> => {
  if (typeof input !== "object" || input === null) return Result.fail(notTarget)
  const audiences = list(input.audience)
  const resources = list(input.resource)
  const scopes = list(input.scope, " ")
  const organization = input.organization
  const problem =
    problemOf("audience", audiences, identifier) ??
    problemOf("resource", resources, resource) ??
    problemOf("scope", scopes, scopeToken) ??
    problemOf("organization", organization === undefined ? [] : [organization], identifier)
  if (problem !== undefined) return Result.fail(problem)
  return Result.succeed({
    audiences: audiences.toSorted(),
    resources: resources.toSorted(),
    scopes: scopes.toSorted(),
    organization,
  })
}

/** Whether the two are the same target. */
export const sameTarget = (one: TargetInput, other: TargetInput): boolean => {
  const [left, right] = [parseTarget(one), parseTarget(other)]
  if (Result.isFailure(left) || Result.isFailure(right)) return false
  return JSON.stringify(left.success) === JSON.stringify(right.success)
}

/** Whether a token for `one` also serves `other`: the same APIs, and all scopes that `other` names. */
export const serves = (one: Target, other: Target): boolean =>
  other.scopes.every((scope) => one.scopes.includes(scope)) &&
  JSON.stringify({ ...one, scopes: other.scopes }) === JSON.stringify(other)

const notTarget: Invalid = { field: "target", problem: "must be an object such as { audience, scope }" }
const maxValues = 20
const maxLength = 2048

const list = (input: string | ReadonlyArray<string> | undefined, separator?: string): ReadonlyArray<string> => {
  if (input === undefined) return []
  if (typeof input === "string" && separator !== undefined) return unique(input.split(separator).filter(Boolean))
  return Array.isArray(input) ? unique(input) : [input as string]
}

const unique = (values: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(values)]

/** Whoever writes JavaScript may write anything. */
const isText = (value: unknown): boolean => typeof value === "string"

const problemOf = (field: string, values: ReadonlyArray<string>, check: Check): Invalid | undefined => {
  if (values.length > maxValues) return { field, problem: `has more than ${maxValues} values` }
  if (!values.every(isText)) return { field, problem: "has a value that is not text" }
  if (values.every((value) => value.length <= maxLength && check.valid(value))) return undefined
  return { field, problem: check.problem }
}

interface Check {
  readonly valid: (value: string) => boolean
  readonly problem: string
}

const identifier: Check = {
  valid: (value) => /^[\x21-\x7e\u00a1-\uffff]+$/.test(value),
  problem: "must be a non-empty string without spaces or control characters",
}
const scopeToken: Check = {
  valid: (value) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value),
  problem: "has a character that RFC 6749 §3.3 does not allow",
}
const resource: Check = {
  valid: (value) => identifier.valid(value) && !value.includes("#") && URL.canParse(value),
  problem: "must be an absolute URI without a fragment (RFC 8707 §2)",
}
