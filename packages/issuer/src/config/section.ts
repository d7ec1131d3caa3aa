import { IssuerConfigError } from "./error.ts"

/** One object of the configuration, read field by field; every complaint names the path of its field. */
export class Section {
  readonly #path: string
  readonly #values: Readonly<Record<string, unknown>>

  constructor(path: string, value: unknown, known: ReadonlyArray<string>) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new IssuerConfigError(path || "config", "must be an object")
    }
    this.#path = path
    this.#values = value as Record<string, unknown>
    for (const name of Object.keys(value)) {
      if (!known.includes(name)) this.fail(name, `is not a known field; known are ${known.join(", ")}`)
    }
  }

  fail(name: string, fix: string): never {
    throw new IssuerConfigError(this.at(name), fix)
  }

  at(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`
  }

  optional(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.fail(name, "is missing; give a text")
  }

  optionalText(name: string): string | undefined {
    const value = this.optional(name)
    if (value === undefined) return undefined
    if (typeof value !== "string" || value === "") return this.fail(name, "must be a text of at least one character")
    return value
  }

  flag(name: string, otherwise = false): boolean {
    const value = this.optional(name) ?? otherwise
    return typeof value === "boolean" ? value : this.fail(name, "must be true or false")
  }

  seconds(name: string, otherwise: number): number {
    return this.#positive(name, otherwise) ?? this.fail(name, "must be a whole number of seconds above 0")
  }

  count(name: string, otherwise: number): number {
    return this.#positive(name, otherwise) ?? this.fail(name, "must be a whole number above 0")
  }

  #positive(name: string, otherwise: number): number | undefined {
    const value = this.optional(name) ?? otherwise
    return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined
  }

  choice<const Choice extends string>(name: string, choices: ReadonlyArray<Choice>): Choice | undefined {
    const value = this.optional(name)
    if (value === undefined) return undefined
    const found = choices.find((choice) => choice === value)
    return found ?? this.fail(name, `must be one of ${choices.join(", ")}`)
  }

  texts(name: string): ReadonlyArray<string> {
    return this.list(name).map((value, index) =>
      typeof value === "string" && value !== ""
        ? value
        : this.fail(`${name}[${index}]`, "must be a text of at least one character"),
    )
  }

  list(name: string): ReadonlyArray<unknown> {
    const value = this.optional(name) ?? []
    return Array.isArray(value) ? value : this.fail(name, "must be a list")
  }

  section(name: string, known: ReadonlyArray<string>): Section {
    return new Section(this.at(name), this.optional(name) ?? {}, known)
  }

  sections(name: string, known: ReadonlyArray<string>): ReadonlyArray<Section> {
    return this.list(name).map((value, index) => new Section(this.at(`${name}[${index}]`), value, known))
  }
}
