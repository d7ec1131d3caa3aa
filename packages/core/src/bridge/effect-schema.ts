import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { type Claims, parseClaims } from "../model/claims.ts"
import type { Invalid } from "../model/invalid.ts"
import { isJsonObject, type JsonObject } from "../model/json.ts"
import { parseTarget, type Target, type TargetInput } from "../model/target.ts"
import { decodeTokenSet, encodeTokenSet } from "../model/token-set-json.ts"
import type { TokenSet } from "../model/token-set.ts"

/**
 * Decodes the claims of a JWT: checks the types of registered claims and passes the others through. Narrow it with your
 * own schema, such as `ClaimsSchema.pipe(Schema.decodeTo(Schema.Struct({ tenant: Schema.String })))`.
 *
 * Follows `effect` ~4.1, as the other bridges do.
 */
export const ClaimsSchema: Schema.Codec<Claims, JsonObject> = /*#__PURE__*/ Schema.Record(
  Schema.String,
  Schema.Unknown,
).pipe(
  /*#__PURE__*/ Schema.decodeTo(
    /*#__PURE__*/ Schema.declare((value): value is Claims => Result.isSuccess(parseClaims(value)), {
      expected: "the claims of a JWT",
    }),
    /*#__PURE__*/ SchemaTransformation.transformEffect<Claims, JsonObject>({
      decode: (json) => orIssue(parseClaims(json)),
      encode: Effect.succeed,
    }),
  ),
)

const oneOrMore = /*#__PURE__*/ Schema.Union([Schema.String, /*#__PURE__*/ Schema.Array(Schema.String)])

/** Decodes a target as a caller writes it, such as in a configuration file: validated, its lists sorted. */
export const TargetSchema: Schema.Codec<Target, TargetInput> = /*#__PURE__*/ Schema.Struct({
  audience: /*#__PURE__*/ Schema.optional(oneOrMore),
  resource: /*#__PURE__*/ Schema.optional(oneOrMore),
  scope: /*#__PURE__*/ Schema.optional(oneOrMore),
  organization: /*#__PURE__*/ Schema.optional(Schema.String),
}).pipe(
  /*#__PURE__*/ Schema.decodeTo(
    /*#__PURE__*/ Schema.declare(
      (value): value is Target => isTarget(value) && Result.isSuccess(parseTarget(inputOf(value))),
      { expected: "a checked target" },
    ),
    /*#__PURE__*/ SchemaTransformation.transformEffect<Target, TargetInput>({
      decode: (input) => orIssue(parseTarget(input)),
      encode: (target) => Effect.succeed(inputOf(target)),
    }),
  ),
)

/** Decodes a token set from its text in a store. The text is a secret; an issue names a member and never shows it. */
export const TokenSetFromString: Schema.Codec<TokenSet, string> = /*#__PURE__*/ Schema.String.pipe(
  /*#__PURE__*/ Schema.decodeTo(
    /*#__PURE__*/ Schema.declare((value): value is TokenSet => isTokenSet(value), { expected: "a token set" }),
    /*#__PURE__*/ SchemaTransformation.transformEffect<TokenSet, string>({
      decode: (text) => orIssue(decodeTokenSet(text)),
      encode: (set) => Effect.succeed(encodeTokenSet(set)),
    }),
  ),
)

const orIssue = <A>(result: Result.Result<A, Invalid>): Effect.Effect<A, SchemaIssue.Issue> =>
  Effect.mapError(Effect.fromResult(result), ({ field, problem }) => {
    const issue = new SchemaIssue.InvalidValue({ message: `${field} ${problem}` })
    return new SchemaIssue.Pointer([field], issue)
  })

const isStringList = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every((each) => typeof each === "string")

const isTarget = (value: unknown): value is Target =>
  isJsonObject(value) &&
  [value["audiences"], value["resources"], value["scopes"]].every(isStringList) &&
  (value["organization"] === undefined || typeof value["organization"] === "string")

const inputOf = ({ audiences, resources, scopes, organization }: Target): TargetInput => ({
  ...(audiences.length > 0 && { audience: audiences }),
  ...(resources.length > 0 && { resource: resources }),
  ...(scopes.length > 0 && { scope: scopes }),
  ...(organization !== undefined && { organization }),
})

const isTokenSet = (value: unknown): value is TokenSet =>
  isJsonObject(value) &&
  Redacted.isRedacted(value["accessToken"]) &&
  [value["idToken"], value["refreshToken"]].every((token) => token === undefined || Redacted.isRedacted(token)) &&
  Result.isSuccess(decodeTokenSet(encodeTokenSet(value as unknown as TokenSet)))
