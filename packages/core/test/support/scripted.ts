import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { HttpError, type HttpReason } from "../../src/errors/http-error.ts"
import { Http } from "../../src/http/client.ts"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import { fixedDiscoveryLayer } from "../../src/protocol/discovery.ts"

/** What the server says next: an answer, or how the request fails. */
export type Line =
  | HttpReason
  | {
      readonly status?: number
      readonly json?: unknown
      readonly body?: string
      readonly headers?: Record<string, string>
    }

export interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly form: URLSearchParams
  /** Epoch milliseconds. */
  readonly at: number
}

export const scriptedIssuer = "https://issuer.example"
export const scriptedClient = {
  issuer: scriptedIssuer,
  clientId: "me",
  clientAuth: clientSecretBasic("my secret"),
}

/** A server that says these things one after the other, the last one for ever, and remembers what it was asked. */
export const scripted = (...lines: ReadonlyArray<Line>) => {
  const sent: Array<Sent> = []
  const ask: Http["Service"]["ask"] = Effect.fnUntraced(function* (url, init = {}) {
    const at = yield* Clock.currentTimeMillis
    const line = lines[Math.min(sent.length, lines.length - 1)] ?? { status: 500 }
    const form = new URLSearchParams(String(init.body ?? ""))
    sent.push({ url, method: init.method ?? "GET", headers: new Headers(init.headers), form, at })
    if ("_tag" in line) return yield* new HttpError({ reason: line })
    const headers = new Headers({ "content-type": "application/json", ...line.headers })
    return {
      url,
      status: line.status ?? 200,
      headers,
      body: line.body ?? JSON.stringify(line.json ?? {}),
      receivedAt: at,
    }
  })
  const network = Layer.merge(
    Layer.succeed(Http, { ask, call: () => Effect.die("no API here") }),
    fixedDiscoveryLayer({
      issuer: scriptedIssuer,
      authorizationEndpoint: `${scriptedIssuer}/authorize`,
      tokenEndpoint: `${scriptedIssuer}/token`,
      deviceAuthorizationEndpoint: `${scriptedIssuer}/device`,
      userinfoEndpoint: `${scriptedIssuer}/userinfo`,
      introspectionEndpoint: `${scriptedIssuer}/introspect`,
      revocationEndpoint: `${scriptedIssuer}/revoke`,
      endSessionEndpoint: `${scriptedIssuer}/logout?tenant=1`,
    }),
  )
  return { sent, network }
}
