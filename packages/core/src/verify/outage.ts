import { VerifyError } from "../errors/verify-error.ts"
import type { Refusal } from "./refusal.ts"

/** Why tokens cannot be checked at all, in words for the operator; nothing where the refusal is about the request. */
export const outageOf = ({ reason }: Refusal): string | undefined => {
  switch (reason._tag) {
    case "CheckUnavailable":
    case "InvalidOptions":
    case "KeysUnavailable":
      return new VerifyError({ reason }).message
    default:
      return undefined
  }
}
