/** An error of the old endpoints, as it is answered. */
export class LegacyError extends Error {
  override readonly name = "LegacyError"
  readonly status: number
  readonly error: string

  constructor(status: number, error: string, description: string) {
    super(description)
    this.status = status
    this.error = error
  }
}

export const invalidRequest = (description: string): LegacyError => new LegacyError(400, "invalid_request", description)
