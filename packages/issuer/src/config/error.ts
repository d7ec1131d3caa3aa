/** The configuration is wrong: names the field and the fix, and never repeats a value that could be a secret. */
export class IssuerConfigError extends Error {
  override readonly name = "IssuerConfigError"
  /** The path of the field, such as `clients[1].secret`. */
  readonly field: string

  constructor(field: string, fix: string) {
    super(`${field} ${fix}`)
    this.field = field
  }
}
