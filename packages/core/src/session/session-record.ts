import * as Result from "effect/Result"
import type { Claims } from "../model/claims.ts"
import { parseClaims } from "../model/claims.ts"
import type { Invalid } from "../model/invalid.ts"
import { isJsonObject, parseJsonObject } from "../model/json.ts"
import { decodeLogin, encodeLogin, type LoginRecord } from "../provide/login-record.ts"

/** A stored session: one value, so that a renewal and everything else about it are written together. */
export interface SessionRecord {
  /** The checked claims of the ID token. */
  readonly claims: Claims
  /** Epoch milliseconds, like all times here. */
  readonly startedAt: number
  /** When its use was last recorded. */
  readonly seenAt: number
  /** Its absolute end. */
  readonly endsAt: number
  /** Counts the writes: of two copies the one with more is newer. */
  readonly revision: number
  /** The tokens. */
  readonly login: LoginRecord
}

/** Encodes a session for a store or a cookie. The text is a secret. */
export const encodeSession = ({ login, ...plain }: SessionRecord): string =>
  JSON.stringify({ version, ...plain, login: JSON.parse(encodeLogin(login)) as unknown })

/** The inverse of `encodeSession`; anything else is told from it and refused. */
export const decodeSession = (text: string): Result.Result<SessionRecord, Invalid> =>
  Result.flatMap(parseJsonObject(text), (json): Result.Result<SessionRecord, Invalid> => {
    if (json["version"] !== version) return invalid("version")
    const wrong = numbers.find((name) => !isCount(json[name]))
    if (wrong !== undefined) return invalid(wrong)
    const { startedAt, seenAt, endsAt, revision } = json as unknown as SessionRecord
    if (!isJsonObject(json["login"])) return invalid("login")
    return Result.flatMap(parseClaims(json["claims"]), (claims) =>
      Result.map(decodeLogin(JSON.stringify(json["login"])), (login) => ({
        claims: Object.freeze(claims),
        startedAt,
        seenAt,
        endsAt,
        revision,
        login,
      })),
    )
  })

const version = 1
const numbers = ["startedAt", "seenAt", "endsAt", "revision"] as const

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

const invalid = (field: string): Result.Result<never, Invalid> => Result.fail({ field, problem: "is not as written" })
