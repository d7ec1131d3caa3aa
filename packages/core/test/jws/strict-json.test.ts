import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, test } from "vitest"
import { parseStrictObject } from "../../src/jws/strict-json.ts"
import { readFolder } from "./vectors.ts"

const parse = (text: string) => parseStrictObject(Buffer.from(text))
const wrap = (bytes: Uint8Array) =>
  parseStrictObject(Buffer.concat([Buffer.from('{"value":'), bytes, Buffer.from("}")]))

test("any object that JSON.stringify writes is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 })),
      fc.constantFrom(undefined, 1, "\t"),
      (value, indent) => {
        const text = JSON.stringify(value, undefined, indent)
        expect(parse(text)).toEqual(Result.succeed(JSON.parse(text)))
      },
    ),
    { numRuns: 500 },
  )
})

test("a member name that occurs twice in one object is refused, at any depth", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.jsonValue({ maxDepth: 3 }),
      fc.jsonValue({ maxDepth: 3 }),
      fc.nat(20),
      (name, one, two, depth) => {
        const twice = `{${JSON.stringify(name)}: ${JSON.stringify(one)}, ${JSON.stringify(name)} :${JSON.stringify(two)}}`
        const text = `${'{"a":'.repeat(depth)}${twice}${"}".repeat(depth)}`
        expect(parse(text)).toEqual(Result.fail("names a member twice"))
      },
    ),
  )
})

describe("objects", () => {
  test.each([
    ["colons, braces and quotes within strings", String.raw`{"a:{[\"":"b\\\":,{","c":"\\"}`],
    ["the same name in different objects", '{"a":{"a":[{"a":1},{"a":2}]}}'],
    ["__proto__ as a member", '{"__proto__":{"exp":1}}'],
    ["whitespace around", ' \r\n\t{ "a" : 1 } '],
    ["nesting of 32", `${'{"a":'.repeat(31)}[]${"}".repeat(31)}`],
    ["a hundred objects and lists beside each other", `{"a":[${"[],{},".repeat(100)}1]}`],
  ])("%s", (_, text) => {
    expect(parse(text)).toEqual(Result.succeed(JSON.parse(text)))
  })

  test.each([
    ["nesting of 33", `${'{"a":'.repeat(32)}[]${"}".repeat(32)}`, "is nested more than 32 deep"],
    [
      "nesting of 33 between other things",
      `${'{"b": 1, "a": '.repeat(32)}[]${"}".repeat(32)}`,
      "is nested more than 32 deep",
    ],
    ["nesting of 100000", "[".repeat(100_000), "is nested more than 32 deep"],
    ["a list", "[]", "is not a JSON object"],
    ["null", "null", "is not a JSON object"],
    ["nothing", "", "is not a JSON object"],
    ["__proto__ twice", '{"__proto__":1,"__proto__":2}', "names a member twice"],
    ["two objects", "{}{}", "is not a JSON object"],
    ["a comment", "{/**/}", "is not a JSON object"],
    ["an unfinished string", '{"a', "is not a JSON object"],
  ])("not %s", (_, text, problem) => {
    expect(parse(text)).toEqual(Result.fail(problem))
  })
})

describe("JSONTestSuite", () => {
  const named = (prefix: string) => readFolder("JSONTestSuite/test_parsing").filter(([name]) => name.startsWith(prefix))

  test("all 188 that no parser may accept", () => {
    const accepted = named("n_").filter(
      ([, bytes]) => Result.isSuccess(wrap(bytes)) || Result.isSuccess(parseStrictObject(bytes)),
    )
    expect(accepted.map(([name]) => name)).toEqual([])
    expect(named("n_")).toHaveLength(188)
  })

  test("all 95 that every parser must accept, but for repeated names", () => {
    const refused = named("y_").filter(([, bytes]) => Result.isFailure(wrap(bytes)))
    expect(refused.map(([name]) => name)).toEqual([
      "y_object_duplicated_key.json",
      "y_object_duplicated_key_and_value.json",
    ])
    expect(named("y_")).toHaveLength(95)
  })

  test("of the 35 undecided, what is not UTF-8 or nested too deep is refused", () => {
    const refused = named("i_").filter(([, bytes]) => Result.isFailure(wrap(bytes)))
    expect(named("i_")).toHaveLength(35)
    expect(refused.map(([name]) => name)).toMatchInlineSnapshot(`
      [
        "i_string_UTF-16LE_with_BOM.json",
        "i_string_UTF-8_invalid_sequence.json",
        "i_string_UTF8_surrogate_U+D800.json",
        "i_string_invalid_utf-8.json",
        "i_string_iso_latin_1.json",
        "i_string_lone_utf8_continuation_byte.json",
        "i_string_not_in_unicode_range.json",
        "i_string_overlong_sequence_2_bytes.json",
        "i_string_overlong_sequence_6_bytes.json",
        "i_string_overlong_sequence_6_bytes_null.json",
        "i_string_truncated-utf-8.json",
        "i_string_utf16BE_no_BOM.json",
        "i_string_utf16LE_no_BOM.json",
        "i_structure_500_nested_arrays.json",
        "i_structure_UTF-8_BOM_empty_object.json",
      ]
    `)
  })
})
