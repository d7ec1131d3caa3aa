import * as Result from "effect/Result"
import { type Invalid, invalid } from "../model/invalid.ts"
import { isJsonObject, type JsonObject, own } from "../model/json.ts"

/** A person as the legacy endpoints describe them. */
export interface LegacyProfile {
  readonly userId: string
  readonly email?: string
  readonly emailVerified?: boolean
  readonly name?: string
  readonly nickname?: string
  readonly picture?: string
  /** The client through which the person signed in. */
  readonly clientId?: string
  readonly identities: ReadonlyArray<LegacyIdentity>
  /** As the server writes it, usually ISO 8601. */
  readonly createdAt?: string
  readonly updatedAt?: string
  /** The whole answer, including the members above. */
  readonly raw: JsonObject
}

/** An account with which the person signs in. */
export interface LegacyIdentity {
  readonly userId: string
  readonly provider: string
  readonly connection: string
  readonly isSocial: boolean
}

/** Parses a profile; fails if a known member has the wrong type, keeps unknown ones in `raw`. */
export const parseLegacyProfile = (json: JsonObject): Result.Result<LegacyProfile, Invalid> => {
  const userId = own(json, "user_id")
  if (typeof userId !== "string" || userId === "") return invalid("user_id", "is missing")
  const fields: Record<string, unknown> = {}
  for (const [member, [field, type]] of Object.entries(optional)) {
    const value = own(json, member)
    if (value === undefined || value === null) continue
    if (typeof value !== type) return invalid(member, `is not a ${type}`)
    fields[field] = value
  }
  return Result.map(identitiesOf(own(json, "identities") ?? []), (identities) => ({
    ...fields,
    userId,
    identities,
    raw: json,
  }))
}

const optional: Readonly<Record<string, readonly [field: keyof LegacyProfile, type: "boolean" | "string"]>> = {
  email: ["email", "string"],
  email_verified: ["emailVerified", "boolean"],
  name: ["name", "string"],
  nickname: ["nickname", "string"],
  picture: ["picture", "string"],
  clientID: ["clientId", "string"],
  created_at: ["createdAt", "string"],
  updated_at: ["updatedAt", "string"],
}

const maxIdentities = 100

const identitiesOf = (value: unknown): Result.Result<ReadonlyArray<LegacyIdentity>, Invalid> => {
  if (!Array.isArray(value) || value.length > maxIdentities) return invalid("identities", "is not a list of identities")
  const identities = value.map(identityOf)
  return identities.every((identity) => identity !== undefined)
    ? Result.succeed(identities)
    : invalid("identities", "is not a list of identities")
}

const identityOf = (json: unknown): LegacyIdentity | undefined => {
  if (!isJsonObject(json)) return undefined
  const { user_id: userId, provider, connection, isSocial = false } = json
  if (typeof provider !== "string" || typeof connection !== "string" || typeof isSocial !== "boolean") return undefined
  // some directories number their users
  if (typeof userId !== "string" && typeof userId !== "number") return undefined
  return { userId: String(userId), provider, connection, isSocial }
}
