import { type Issuer, type RefreshEntry, startIssuer } from "@bearerkit/issuer"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { setTimeout as wait } from "node:timers/promises"
import { fingerprint } from "./fingerprint.ts"
import { ask, type Answer } from "./http.ts"
import { audience, clientId, type Fault, faultRates, revokedRate, site, tokenLifetime } from "./plan.ts"
import { randomOf, type Random } from "./random.ts"

export interface FaultyIssuerOptions {
  readonly seed: number
  readonly people: number
  readonly sessions: number
  readonly password: string
  readonly clientSecret: string
  readonly apiSecret: string
  /** Milliseconds. */
  readonly stall: number
}

/** A refresh token that was sent. Tokens by their fingerprints, times as epoch milliseconds. */
export interface Sending {
  readonly process: string
  readonly token: string
  /** The login's first refresh token. */
  readonly root: string
  readonly at: number
  readonly fault: Fault | undefined
  /** Whether the issuer got it. */
  forwarded: boolean
  /** Whether the issuer's answer was thrown away by a reset. */
  swallowed: boolean
  answeredAt: number | undefined
}

/** What the issuer and the way to it know. */
export interface IssuerLog {
  /** The issuer's own log. */
  readonly refreshes: ReadonlyArray<RefreshEntry>
  readonly sendings: ReadonlyArray<Sending>
  /** By the authorization code of a login its first refresh token. */
  readonly roots: ReadonlyArray<readonly [code: string, token: string]>
  /** Tokens with which an administrator has ended a login. */
  readonly revoked: ReadonlyArray<string>
}

export interface FaultyIssuer {
  readonly url: string
  /** Where browsers go, without faults. */
  readonly port: number
  /** Whether renewals go wrong now. */
  storming: boolean
  readonly log: () => IssuerLog
}

/** The real issuer behind a proxy that lets renewals go wrong. */
export const startFaultyIssuer = async (options: FaultyIssuerOptions): Promise<FaultyIssuer> => {
  const server = createServer({ keepAliveTimeout: 600_000 })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer = await startRealIssuer(url, options)
  const proxy = makeProxy(issuer, options)
  server.on("request", (request, response) => {
    // who was killed meanwhile does not wait for an answer
    proxy.answer(request, response).catch(() => response.destroy())
  })
  return Object.assign(proxy, { url, port: issuer.port })
}

const startRealIssuer = (url: string, { people, sessions, password, ...secrets }: FaultyIssuerOptions) =>
  startIssuer({
    config: {
      issuer: url,
      clients: [
        {
          id: clientId,
          secret: secrets.clientSecret,
          grants: ["authorization_code", "refresh_token"],
          redirectUris: [`${site}/callback`],
        },
      ],
      apis: [{ audience, scopes: ["read"], tokenLifetime, secret: secrets.apiSecret }],
      connections: [
        {
          name: "users",
          strategy: "database",
          users: Array.from({ length: people }, (_, n) => ({ username: `person-${n}`, password })),
        },
      ],
    },
    capacity: 20_000 + sessions * 20,
  })

interface Proxy extends Pick<FaultyIssuer, "log" | "storming"> {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

const makeProxy = (issuer: Issuer, { seed, stall, clientSecret }: FaultyIssuerOptions): Proxy => {
  const sendings: Array<Sending> = []
  const roots: Array<readonly [string, string]> = []
  const rootOf = new Map<string, string>()
  const revoked: Array<string> = []
  const faults = randomOf(seed, "faults")
  const revocations = randomOf(seed, "revocations")

  const forward = ({ method = "GET", url = "/", headers }: IncomingMessage, body: string): Promise<Answer> => {
    const { connection: _connection, ...rest } = headers
    return ask(issuer.port, url, { method, headers: rest, body })
  }

  const login = (form: URLSearchParams, answer: Answer): void => {
    const token = tokenIn(answer)
    if (token === undefined) return
    const root = fingerprint(token)
    roots.push([fingerprint(form.get("code") ?? ""), root])
    rootOf.set(root, root)
  }

  const revokeSoon = async (token: string): Promise<void> => {
    revoked.push(fingerprint(token))
    await wait(1000)
    const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, token }).toString()
    await ask(issuer.port, "/revoke", { method: "POST", headers: formHeaders, body })
  }

  const renewal = async (request: IncomingMessage, response: ServerResponse, body: string): Promise<void> => {
    const token = fingerprint(new URLSearchParams(body).get("refresh_token") ?? "")
    const fault = proxy.storming ? faultFor(faults) : undefined
    const root = rootOf.get(token) ?? token
    const sending: Sending = {
      process: String(request.headers["x-soak-process"]),
      token,
      root,
      at: Date.now(),
      fault,
      forwarded: false,
      swallowed: false,
      answeredAt: undefined,
    }
    sendings.push(sending)
    if (fault === "error") return write(response, { status: 500, headers: {}, body: "oops" })
    if (fault === "busy") return write(response, { status: 429, headers: { "retry-after": "1" }, body: "" })
    if (fault === "resetBefore") return reset(response)
    if (fault === "stallBefore") await wait(stall)
    sending.forwarded = true
    const answer = await forward(request, body)
    const successor = tokenIn(answer)
    if (successor !== undefined) rootOf.set(fingerprint(successor), root)
    if (fault === "stallAfter") await wait(stall)
    if (fault === "resetAfter" && successor !== undefined) {
      sending.swallowed = true
      return reset(response)
    }
    if (successor !== undefined && proxy.storming && revocations() * 1000 < revokedRate) void revokeSoon(successor)
    sending.answeredAt = Date.now()
    return write(response, answer)
  }

  const proxy: Proxy = {
    storming: false,
    log: () => ({ refreshes: issuer.refreshes, sendings, roots, revoked }),
    answer: async (request, response) => {
      const body = await text(request)
      const form = new URLSearchParams(request.url === "/token" ? body : "")
      if (form.get("grant_type") === "refresh_token") return renewal(request, response, body)
      const answer = await forward(request, body)
      if (form.get("grant_type") === "authorization_code") login(form, answer)
      return write(response, answer)
    },
  }
  return proxy
}

const formHeaders = { "content-type": "application/x-www-form-urlencoded" }

const faultFor = (random: Random): Fault | undefined => {
  let left = random() * 1000
  for (const [fault, rate] of Object.entries(faultRates) as ReadonlyArray<[Fault, number]>) {
    left -= rate
    if (left < 0) return fault
  }
  return undefined
}

const tokenIn = ({ status, body }: Answer): string | undefined => {
  if (status !== 200) return undefined
  const { refresh_token: token } = JSON.parse(body) as { readonly refresh_token?: string }
  return token
}

const write = (response: ServerResponse, { status, headers, body }: Answer): void => {
  const { connection: _connection, "keep-alive": _keepAlive, "transfer-encoding": _encoding, ...rest } = headers
  response.writeHead(status, { ...rest, "content-length": Buffer.byteLength(body) }).end(body)
}

const reset = (response: ServerResponse): void => void response.socket?.resetAndDestroy()
