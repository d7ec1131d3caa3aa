import * as Duration from "effect/Duration"

/** A reason as text for people. */
export interface Explanation<Code extends string = string> {
  /** Stable: never changes its meaning within a major version. */
  readonly code: Code
  /** What happened: one sentence. */
  readonly what: string
  /** What to do about it, in one sentence. */
  readonly fix: string
  /** Whether the same call can succeed later without any change. */
  readonly retryable: boolean
  /** How long the server asks to wait. */
  readonly retryAfter?: Duration.Duration | undefined
}

/** A failure that may be gone at the next attempt. */
export const transient = <Code extends string>(code: Code, what: string, fix: string): Explanation<Code> => ({
  code,
  what,
  fix,
  retryable: true,
})

/** Adds the time that the server asks to wait, if any. */
export const waiting = <Code extends string>(
  retryAfter: Duration.Duration | undefined,
  explanation: Explanation<Code>,
): Explanation<Code> => ({ ...explanation, retryAfter })

/** A failure that stays until somebody changes something. */
export const permanent = <Code extends string>(code: Code, what: string, fix: string): Explanation<Code> => ({
  code,
  what,
  fix,
  retryable: false,
})

/** The longest of the requested waits, if there is one. */
export const longestWait = (waits: ReadonlyArray<Duration.Duration | undefined>): Duration.Duration | undefined => {
  const asked = waits.filter((wait) => wait !== undefined).map((wait) => Duration.toMillis(wait))
  return asked.length === 0 ? undefined : Duration.millis(Math.max(...asked))
}

/** What happened and what to do, as one message. */
export const sentence = ({ what, fix }: Explanation): string => `${what} ${fix}`

export const inBrackets = (text: string | undefined): string => (text === undefined ? "" : ` (${text})`)

export const inSeconds = (duration: Duration.Duration): string => `${Duration.toMillis(duration) / 1000} s`
