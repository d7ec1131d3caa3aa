import { type Field, formatFields } from "./fields.ts"
import { printableJson } from "./printable.ts"

/** The claims of an ID token about a person. */
export type UserClaims = Readonly<Record<string, unknown>>

/** Prints the signed-in person, as text or as JSON. */
export const formatUser = (claims: UserClaims, { json }: { readonly json: boolean }): string =>
  json ? printableJson({ version: 1, subject: claims["sub"], claims }) : formatFields(fieldsOf(claims))

const fieldsOf = (claims: UserClaims): ReadonlyArray<Field> =>
  shown.flatMap(([name, claim]): ReadonlyArray<Field> => {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined
    if (claim === "auth_time" && typeof value === "number") return [[name, timeOf(value)]]
    return typeof value === "string" ? [[name, value]] : []
  })

const shown = [
  ["subject", "sub"],
  ["name", "name"],
  ["user name", "preferred_username"],
  ["e-mail", "email"],
  ["issuer", "iss"],
  ["signed in", "auth_time"],
] as const

const timeOf = (seconds: number): string =>
  Math.abs(seconds) < 8.64e12
    ? new Date(Math.floor(seconds) * 1000).toISOString().replace(".000Z", "Z")
    : String(seconds)
