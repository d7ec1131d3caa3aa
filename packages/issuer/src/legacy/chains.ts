import { forgetOldest } from "../protection/rate-limit.ts"

/** Who delegated an ID token of the old kind; its claims have no place for that. */
export interface LegacyChains {
  /** The latest caller first; nobody for an ID token of a login. */
  readonly actorsOf: (jti: unknown) => ReadonlyArray<string>
  readonly remember: (jti: string, actors: ReadonlyArray<string>) => void
}

const MAX_TOKENS = 20_000

export const makeLegacyChains = (): LegacyChains => {
  const chains = new Map<string, ReadonlyArray<string>>()
  return {
    actorsOf: (jti) => (typeof jti === "string" ? chains.get(jti) : undefined) ?? [],
    remember: (jti, actors) => {
      if (actors.length === 0) return
      chains.set(jti, actors)
      forgetOldest(chains, MAX_TOKENS)
    },
  }
}
