import { Buffer } from "node:buffer"

import * as fc from "fast-check"
import { EqualityFilter, FilterParser } from "ldapts"
import { describe, expect, test } from "vitest"

import { filterFor } from "../../src/connection/ldap-filter.ts"
import { guidToText, textToGuid } from "../../src/connection/ldap-id.ts"

describe("filters", () => {
  test.each([
    ["alice", "(uid=alice)"],
    ["*)(uid=*", "(uid=\\2a\\29\\28uid=\\2a)"],
    ["a\\2ab", "(uid=a\\5c2ab)"],
    ["\0", "(uid=\\00)"],
    ["$&{0}", "(uid=$&{0})"],
  ])("%j", (name, filter) => {
    expect(filterFor("(uid={0})", name)).toBe(filter)
  })

  test("any name is one value of one comparison, unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (name) => {
        const filter = FilterParser.parseString(filterFor("(uid={0})", name))
        expect(filter).toBeInstanceOf(EqualityFilter)
        expect((filter as EqualityFilter).value).toBe(name)
      }),
    )
  })
})

describe("GUIDs", () => {
  test("the first three groups are little-endian", () => {
    const stored = Buffer.from("0123456789abcdef0123456789abcdef", "hex")
    expect(guidToText(stored)).toBe("67452301-ab89-efcd-0123-456789abcdef")
  })

  test("text and stored form say the same", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(textToGuid(guidToText(Buffer.from(bytes)))).toEqual(Buffer.from(bytes))
      }),
    )
  })

  test("what is no GUID is none", () => {
    expect(textToGuid("alice")).toBeUndefined()
    expect(() => guidToText(Buffer.alloc(3))).toThrow(/16 bytes/)
  })
})
