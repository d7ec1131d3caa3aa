import type { JWTPayload } from "jose"

import { forgetOldest } from "../protection/rate-limit.ts"

/** Who delegated an ID token of the old kind; its claims have no place for more than the latest. */
export interface LegacyChains {
  /** The latest caller first; nobody for an ID token of a login. */
  readonly actorsOf: (claims: JWTPayload) => ReadonlyArray<string>
  readonly remember: (jti: string, actors: ReadonlyArray<string>) => void
}

const MAX_TOKENS = 20_000

export const makeLegacyChains = (): LegacyChains => {
  const chains = new Map<string, ReadonlyArray<string>>()
  return {
    actorsOf: (claims) => chains.get(claims.jti ?? "") ?? latestIn(claims),
    remember: (jti, actors) => {
      if (actors.length === 0) return
      chains.set(jti, actors)
      forgetOldest(chains, MAX_TOKENS)
    },
  }
}

// A login sets no azp. What is forgotten, after a restart too, is still no login.
const latestIn = ({ azp, aud }: JWTPayload): ReadonlyArray<string> =>
  typeof azp === "string" && ![aud].flat().includes(azp) ? [azp] : []
