/** Ends a step with what did not hold. */
export const expect: (held: boolean, otherwise: string) => asserts held = (held, otherwise) => {
  if (!held) throw new Error(otherwise)
}
