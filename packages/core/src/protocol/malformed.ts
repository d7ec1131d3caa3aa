import { AcquireError } from "../errors/acquire-error.ts"

/** An answer that is not what the protocol says. */
export const malformedAnswer = ({ url }: { readonly url: string }, problem: string): AcquireError =>
  new AcquireError({ reason: { _tag: "MalformedResponse", url, problem } })
