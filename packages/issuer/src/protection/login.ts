import type { Account, Candidate, Connection } from "../connection/connection.ts"
import { LoginError } from "../connection/login-error.ts"
import { makeBruteForce } from "./brute-force.ts"
import {
  failureOf,
  isOutage,
  isWrongPassword,
  type LoginFailure,
  tooBusy,
  tooManyAttempts,
  tooManyLogins,
} from "./login-failure.ts"
import { makeRateLimiter, type RateLimit } from "./rate-limit.ts"
import { makeRoom } from "./room.ts"

/** A login with a name and a password. */
export interface LoginRequest {
  readonly connection: Connection
  readonly username: string
  readonly password: string
  readonly ip: string
}

export interface LoginResult {
  readonly rate: RateLimit
  readonly outcome: Account | LoginFailure
}

/** The one way to log in: every endpoint's password checks are counted together. */
export type Login = (request: LoginRequest) => Promise<LoginResult>

export interface LoginOptions {
  readonly now: () => number
  readonly log: (line: string) => void
}

export const isFailure = (outcome: Account | LoginFailure): outcome is LoginFailure => "status" in outcome

const LOGINS = { burst: 20, perMinute: 10 }
/**
 * A password check occupies a core for a twentieth of a second: more at a time would make the last wait for seconds.
 */
const AT_A_TIME = 64

export const makeLogin = ({ now, log }: LoginOptions): Login => {
  const limiter = makeRateLimiter(now, LOGINS)
  const bruteForce = makeBruteForce(now)
  const inTurn = makeTurns()
  const room = makeRoom(AT_A_TIME)

  const attempt = async (candidate: Candidate, { key, connection }: Attempt): Promise<Account | LoginFailure> => {
    const blocked = bruteForce.blockedFor(key)
    if (blocked > 0) return tooManyAttempts(blocked)
    try {
      const account = await candidate.authenticate()
      if (account.blocked) throw new LoginError("UserBlocked")
      bruteForce.right(key)
      return account
    } catch (error) {
      const { reason, message } = toLoginError(error)
      if (isWrongPassword(reason)) bruteForce.wrong(key)
      if (isOutage(reason)) limiter.giveBack(key)
      log(`login at connection ${connection} failed: ${message}`)
      return failureOf(reason)
    }
  }

  return async (request) => {
    const candidate = await identify(request)
    const connection = request.connection.name
    const key = JSON.stringify([connection, candidate.person ?? { name: plain(request.username) }, request.ip])
    const { allowed, ...rate } = limiter.take(key)
    if (!allowed) return { rate, outcome: tooManyLogins(Math.max(1, rate.reset - Math.floor(now() / 1000))) }
    if (!room.enter(request.ip)) {
      limiter.giveBack(key)
      return { rate, outcome: tooBusy }
    }
    try {
      return { rate, outcome: await inTurn(key, () => attempt(candidate, { key, connection })) }
    } finally {
      room.leave(request.ip)
    }
  }
}

interface Attempt {
  /** Whose guesses are counted together, from one address. */
  readonly key: string
  readonly connection: string
}

// A directory that cannot say who is meant fails in the attempt, where failures are counted and told.
const identify = ({ connection, username, password }: LoginRequest): Promise<Candidate> =>
  connection
    .identify(username, password)
    .catch((error: unknown) => ({ person: undefined, authenticate: () => Promise.reject(error) }))

// For names that nobody has: a block that ends with another spelling would tell that nobody has them.
const plain = (name: string): string => name.normalize("NFKC").trim().toLowerCase()

// One attempt at a time per account and address, or parallel guesses would all pass before the first is counted.
const makeTurns = () => {
  const last = new Map<string, Promise<unknown>>()
  return async <Value>(key: string, run: () => Promise<Value>): Promise<Value> => {
    const turn = (last.get(key) ?? Promise.resolve()).then(run)
    last.set(key, turn)
    try {
      return await turn
    } finally {
      if (last.get(key) === turn) last.delete(key)
    }
  }
}

const toLoginError = (error: unknown): LoginError =>
  error instanceof LoginError ? error : new LoginError("DirectoryMisconfigured", describe(error))

const describe = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : "unknown")
