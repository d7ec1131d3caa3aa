/** What is wrong with a value from outside: the field that is wrong and why, never the value of a secret. */
export interface Invalid {
  readonly field: string
  readonly problem: string
}
