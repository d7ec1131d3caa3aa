import { Buffer } from "node:buffer"
import { createHash, randomBytes } from "node:crypto"

/** One entry of a directory; an attribute may have several values. */
export interface LdapEntry {
  readonly dn: string
  readonly attributes: Readonly<Record<string, string | ReadonlyArray<string>>>
}

/** Writes entries as LDIF (RFC 2849), every value in base64 so that none needs care. */
export const toLdif = (entries: ReadonlyArray<LdapEntry>): string =>
  entries
    .map(({ dn, attributes }) => {
      const lines = Object.entries(attributes).flatMap(([name, values]) =>
        [values].flat().map((value) => `${name}:: ${base64(value)}`),
      )
      return [`dn:: ${base64(dn)}`, ...lines, ""].join("\n")
    })
    .join("\n")

/** Escapes one value of a distinguished name (RFC 4514 §2.4), more than it must. */
export const escapeDn = (value: string): string =>
  [...value].map((character) => (/[\w.@-]/.test(character) ? character : hexPairs(character))).join("")

/** A password as OpenLDAP keeps it. */
export const ssha = (password: string): string => {
  const salt = randomBytes(8)
  const digest = createHash("sha1").update(password).update(salt).digest()
  return `{SSHA}${Buffer.concat([digest, salt]).toString("base64")}`
}

const base64 = (text: string): string => Buffer.from(text).toString("base64")

const hexPairs = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("")
