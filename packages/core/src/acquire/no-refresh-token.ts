import { wantsOfflineAccess } from "../model/offline-access.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Warning } from "./flow.ts"

/** The warning `no-refresh-token`, if a login for the target should have brought one. */
export const refreshTokenWarnings = (
  target: Target,
  { refreshToken }: Pick<TokenSet, "refreshToken">,
): ReadonlyArray<Warning> => (wantsOfflineAccess(target) && refreshToken === undefined ? [noRefreshToken] : [])

const noRefreshToken: Warning = {
  name: "no-refresh-token",
  message:
    "The issuer gave no refresh token although offline_access was asked for: allow the grant refresh_token, and send prompt=consent.",
}
