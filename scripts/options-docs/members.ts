import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"

/** One option as its type and its docstring have it. */
export interface Member {
  readonly name: string
  readonly isOptional: boolean
  readonly type: string
  readonly text: string
  readonly byDefault: string | undefined
}

/** A type of a file under `packages`. */
export interface Declared {
  readonly file: string
  readonly type: string
  /** Members that the options leave out. */
  readonly without?: ReadonlyArray<string>
}

/** What a type declares itself, without what it extends; the text is read because the compiler has no API to ask. */
export const membersOf = async ({ file, type, without = [] }: Declared): Promise<ReadonlyArray<Member>> => {
  const text = await readFile(fileURLToPath(new URL(`../../packages/${file}`, import.meta.url)), "utf8")
  const [, ofInterface, body = ofInterface] = declaration(type).exec(text) ?? []
  if (body === undefined) throw new Error(`${file} declares no ${type}`)
  const members = [...body.matchAll(member)].map(([, doc = "", name = "", optional, declared = ""]) => ({
    name,
    isOptional: optional === "?",
    type: declared
      .replaceAll(/\s+/g, " ")
      .replace(/ \| undefined$/, "")
      .replace(/^\((\(.*)\)$/, "$1"),
    text: textOf(doc),
    byDefault: defaultOf(doc),
  }))
  return members.filter(({ name }) => !without.includes(name))
}

/** An interface ends at the margin, the members of an intersection one step further in. */
const declaration = (type: string): RegExp =>
  new RegExp(
    `^export (?:interface ${type}\\b[^]*?\\{\\n(?=([^]*?)^\\})|type ${type}\\b[^]*?\\{\\n(?=([^]*?)^  \\}))`,
    "m",
  )

const member = /(?:\/\*\*([^]*?)\*\/\s*)?\breadonly (\w+)(\??): ([^]*?)(?=\n\s*(?:\/\*\*|readonly )|\s*$(?![^]))/g

const flat = (doc: string): string => doc.replaceAll(/(?:\s+\*)*\s+/g, " ").trim()
const textOf = (doc: string): string => flat(doc).replace(/ ?@default .*/, "")
const defaultOf = (doc: string): string | undefined => /@default (.*)/.exec(flat(doc))?.[1]
