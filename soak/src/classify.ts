import type { RefreshEntry } from "@bearerkit/issuer"

/** What is known when all is over. Tokens by their fingerprints. */
export interface Evidence {
  readonly sessions: ReadonlyArray<EvidentSession>
  /** The issuer's own log. */
  readonly refreshes: ReadonlyArray<RefreshEntry>
  /** Sendings whose answer a reset or a kill has swallowed, once each. */
  readonly swallowed: ReadonlyArray<{ readonly token: string; readonly by: SwallowedBy }>
  /** Tokens with which an administrator has ended a login at the issuer. */
  readonly revoked: ReadonlySet<string>
}

export type SwallowedBy = "kill" | "reset"

export interface EvidentSession {
  /** The first refresh token of the login. */
  readonly root: string
  /** The refresh token in the store; nothing where the session has ended. */
  readonly kept: string | undefined
}

export type Verdict = "answer lost to a kill" | "answer lost to a reset" | "ended by the issuer" | "kept"

/** One of the two. */
interface Judgement {
  readonly verdict: Verdict | undefined
  /** Why the session is not as it should be. */
  readonly problem: string | undefined
}

export interface Judged extends Judgement {
  readonly session: EvidentSession
  /** All refresh tokens of the login, in order. */
  readonly chain: ReadonlyArray<string>
}

/** Tells of each session what has become of it by the issuer's own log, and whether that had to be. */
export const classify = (evidence: Evidence): ReadonlyArray<Judged> => {
  const sent = Map.groupBy(evidence.refreshes, ({ token }) => token)
  const swallowed = Map.groupBy(evidence.swallowed, ({ token }) => token)
  return evidence.sessions.map((session) => {
    const chain = chainFrom(session.root, sent)
    return { session, chain, ...judge({ session, chain, sent, swallowed, revoked: evidence.revoked }) }
  })
}

/** What the issuer's log has that belongs to no session. */
export const strangersIn = ({ refreshes }: Evidence, judged: ReadonlyArray<Judged>): ReadonlyArray<RefreshEntry> => {
  const known = new Set(judged.flatMap(({ chain }) => chain))
  return refreshes.filter(({ token }) => !known.has(token))
}

interface Facts {
  readonly session: EvidentSession
  readonly chain: ReadonlyArray<string>
  readonly sent: ReadonlyMap<string, ReadonlyArray<RefreshEntry>>
  readonly swallowed: ReadonlyMap<string, Evidence["swallowed"]>
  readonly revoked: ReadonlySet<string>
}

const judge = ({ session, chain, sent, swallowed, revoked }: Facts): Judgement => {
  const isSentAgain = (token: string): boolean =>
    (sent.get(token)?.length ?? 0) - 1 > (swallowed.get(token)?.length ?? 0)
  if (chain.some(isSentAgain)) return wrong("a refresh token was sent again after its answer had come")
  const tip = chain.at(-1)!
  const spent = chain.slice(0, -1)
  const lost = spent.find((token) => swallowed.has(token))
  if (lost !== undefined) {
    if (lost !== spent.at(-1) || sent.has(tip)) return wrong("went on although its answer counts as lost")
    if (session.kept !== undefined) return wrong("is still there although its answer is lost")
    return right(`answer lost to a ${swallowed.get(lost)![0]!.by}`)
  }
  const isRevoked = chain.some((token) => revoked.has(token))
  if (isRevoked && session.kept === undefined && sent.has(tip)) return right("ended by the issuer")
  if (session.kept === undefined) return wrong(sent.has(tip) ? "the issuer has ended it for nothing" : "it is lost")
  if (session.kept !== tip) return wrong("what is kept is not the issuer's latest")
  return sent.has(tip) ? wrong("what is kept was refused by the issuer") : right("kept")
}

const right = (verdict: Verdict): Judgement => ({ verdict, problem: undefined })
const wrong = (problem: string): Judgement => ({ verdict: undefined, problem })

const chainFrom = (root: string, sent: Facts["sent"]): ReadonlyArray<string> => {
  const chain = [root]
  for (;;) {
    const successor = sent.get(chain.at(-1)!)?.find(({ outcome }) => outcome === "ok")?.successor
    if (successor === undefined) return chain
    chain.push(successor)
  }
}
