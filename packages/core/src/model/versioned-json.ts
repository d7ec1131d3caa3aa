import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type Invalid, invalid } from "./invalid.ts"
import { parseJsonObject } from "./json.ts"

/** Parses one member; `undefined` if it is not valid. */
type Member<A> = (value: unknown) => A | undefined

type Members = Readonly<Record<string, Member<unknown>>>

type Read<M extends Members> = { readonly [Name in keyof M]: Exclude<ReturnType<M[Name]>, undefined> }

export interface VersionedFormat<M extends Members, O extends Members> {
  readonly version: number
  readonly members: M
  /** Members that may be absent. */
  readonly optional: O
}

/** A decoder of JSON that BearerKit has written itself; it fails for any other text, including another version. */
export const versionedDecoder = <M extends Members, O extends Members>({
  version,
  members,
  optional,
}: VersionedFormat<M, O>) => {
  const all = Object.entries<Member<unknown>>({ ...members, ...optional })
  return (text: string): Result.Result<Read<M> & Partial<Read<O>>, Invalid> =>
    Result.flatMap(parseJsonObject(text), (json) => {
      if (json["version"] !== version) return invalid("version", notAsWritten)
      const record: Record<string, unknown> = {}
      for (const [name, read] of all) {
        if (json[name] === undefined && name in optional) continue
        record[name] = read(json[name])
        if (record[name] === undefined) return invalid(name, notAsWritten)
      }
      return Result.succeed(record as Read<M> & Partial<Read<O>>)
    })
}

const notAsWritten = "is not as written"

export const text: Member<string> = (value) => (typeof value === "string" && value !== "" ? value : undefined)

export const secret: Member<Redacted.Redacted<string>> = (value) => {
  const plain = text(value)
  return plain === undefined ? undefined : Redacted.make(plain)
}

/** A count, or epoch milliseconds. */
export const wholeNumber: Member<number> = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined

export const texts: Member<ReadonlyArray<string>> = (value) =>
  Array.isArray(value) && value.every((each) => text(each) !== undefined) ? value : undefined

export const oneOf =
  <A extends string>(...values: ReadonlyArray<A>): Member<A> =>
  (value) =>
    values.find((each) => each === value)
