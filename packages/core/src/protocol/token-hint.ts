import type { Params } from "./client-request.ts"
import { definedParams } from "./defined-params.ts"

/** The kind of token, so that the server finds it sooner (RFC 7009 §2.1). */
export type TokenHint = "access_token" | "refresh_token"

/** A token as the parameters of a request about it (RFC 7009 §2.1, RFC 7662 §2.1). */
export const tokenParams = (token: string, hint: TokenHint | undefined): Params =>
  definedParams({ token, token_type_hint: hint })
