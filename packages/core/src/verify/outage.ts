import { VerifyError, type VerifyReason } from "../errors/verify-error.ts"
import type { Refusal } from "./refusal.ts"

/** Why no token can be checked, for the operator; `undefined` if the refusal is about the request. */
export const outageOf = ({ status, reason }: Refusal): string | undefined =>
  // nothing else is answered with 503 (`verdictOn`)
  status === 503 ? new VerifyError({ reason: reason as VerifyReason }).message : undefined
