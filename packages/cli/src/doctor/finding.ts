/** The result of a check: `skip` if it could not run. */
export interface Finding {
  readonly check: string
  readonly state: "fail" | "ok" | "skip" | "warn"
  /** One sentence. */
  readonly what: string
  /** What to do about it, in one sentence. */
  readonly fix?: string
}

/** The findings of one check. */
export const findings = (check: string) => ({
  ok: (what: string): Finding => ({ check, state: "ok", what }),
  skip: (what: string, fix: string): Finding => ({ check, state: "skip", what, fix }),
  warn: (what: string, fix: string): Finding => ({ check, state: "warn", what, fix }),
  fail: (what: string, fix: string): Finding => ({ check, state: "fail", what, fix }),
})
