import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { HttpError, type HttpReason } from "../../src/errors/http-error.ts"
import { type Answer, Http } from "../../src/http/client.ts"
import { sharedFlightsLayer, SingleFlight } from "../../src/http/single-flight.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { Discovery, fixedDiscoveryLayer } from "../../src/protocol/discovery.ts"

/** What happens to the next renewal. */
export type Fate = "answered" | "answered-badly" | "asks-to-wait" | "busy" | "lost-after" | "lost-before"

export interface ModelIssuer {
  readonly network: Layer.Layer<Discovery | Http | SingleFlight>
  /** A new grant: its first refresh token. */
  readonly login: () => string
  /** How often each refresh token was spent here. */
  readonly spent: ReadonlyMap<string, number>
  /** Every refresh token in the order in which it arrived. */
  readonly sent: ReadonlyArray<string>
  /** Refresh tokens whose successor never reached the client. */
  readonly lost: ReadonlySet<string>
  /** Refresh tokens that came again although their successor had reached the client. */
  readonly reused: ReadonlyArray<string>
  /** When each access token ends, in epoch milliseconds. */
  readonly endings: ReadonlyMap<string, number>
  /** The first refresh token of the login that a token belongs to. */
  readonly loginOf: (token: string) => string | undefined
  fate: () => Fate
}

export const modelClient = { issuer: "https://issuer.example", clientId: "me", clientAuth: none() }
const url = `${modelClient.issuer}/token`
export const lifetimeSeconds = 600

/** An authorization server in a few lines, for what the real one cannot be made to do: under the test clock, with losses. */
export const makeModelIssuer = (delayMillis = 50): ModelIssuer => {
  const valid = new Set<string>()
  const spent = new Map<string, number>()
  const sent: Array<string> = []
  const lost = new Set<string>()
  const reused: Array<string> = []
  const endings = new Map<string, number>()
  const logins = new Map<string, string>()
  let minted = 0

  const issuer: ModelIssuer = {
    login: () => {
      const token = `refresh-${(minted += 1)}`
      valid.add(token)
      logins.set(token, token)
      return token
    },
    spent,
    sent,
    lost,
    reused,
    endings,
    loginOf: (token) => logins.get(token),
    fate: () => "answered",
    network: Layer.mergeAll(
      sharedFlightsLayer,
      fixedDiscoveryLayer({ issuer: modelClient.issuer, tokenEndpoint: url }),
      Layer.succeed(Http, {
        ask: (_, init) =>
          Effect.andThen(
            Effect.sleep(delayMillis),
            Effect.suspend(() => renew(String(init?.body))),
          ),
        call: () => Effect.die("no API here"),
      }),
    ),
  }

  const renew = (body: string): Effect.Effect<Answer, HttpError> => {
    const token = new URLSearchParams(body).get("refresh_token") ?? ""
    const fate = issuer.fate()
    sent.push(token)
    if (fate === "lost-before") return failed({ _tag: "Unreachable", url })
    if (fate === "busy") return answer(503, { error: "temporarily_unavailable" })
    if (fate === "asks-to-wait") return answer(429, { error: "slow down" }, { "retry-after": "3600" })
    if (spent.has(token) && !lost.has(token)) reused.push(token)
    if (!valid.delete(token)) return answer(400, { error: "invalid_grant" })
    spent.set(token, (spent.get(token) ?? 0) + 1)
    const successor = issuer.login()
    logins.set(successor, logins.get(token) ?? token)
    if (fate === "lost-after") {
      lost.add(token)
      return failed({ _tag: "Unreachable", url })
    }
    const access = `access-${(minted += 1)}`
    logins.set(access, logins.get(token) ?? token)
    return Effect.tap(
      answer(200, {
        access_token: access,
        token_type: "Bearer",
        expires_in: fate === "answered-badly" ? "soon" : lifetimeSeconds,
        refresh_token: successor,
      }),
      ({ receivedAt }) => Effect.sync(() => endings.set(access, receivedAt + lifetimeSeconds * 1000)),
    )
  }
  return issuer
}

const failed = (reason: HttpReason): Effect.Effect<never, HttpError> => Effect.fail(new HttpError({ reason }))

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Effect.Effect<Answer> =>
  Effect.map(Clock.currentTimeMillis, (receivedAt) => ({
    url,
    status,
    headers: new Headers({ "content-type": "application/json", ...headers }),
    body: JSON.stringify(body),
    receivedAt,
  }))
