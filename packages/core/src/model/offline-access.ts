import type { Target } from "./target.ts"

/**
 * Whether a login for the target is to be renewed when nobody is there, which needs the person's consent.
 *
 * @see OpenID Connect Core §11
 */
export const wantsOfflineAccess = ({ scopes }: Target): boolean => scopes.includes("offline_access")
