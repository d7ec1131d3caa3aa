import {
  type AcquireError,
  type DpopKey,
  dpopKey,
  type DpopKeyOptions,
  invalidOptions,
  type StoreError,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import { openDatabase } from "./storage/indexed-db.ts"
import { keptKey } from "./storage/kept-key.ts"

/** Options of `boundToBrowser`. */
export interface BrowserDpopOptions extends DpopKeyOptions {
  /** The name of the IndexedDB database. @default "bearerkit" */
  readonly database?: string | undefined
}

/** A key of this browser that tokens are bound to; it can be used once it is loaded. */
export interface BrowserDpopKey extends DpopKey {
  /** Reads or makes the key; does nothing while the database stays open. A key that was cleared is not used again. */
  readonly load: Effect.Effect<void, AcquireError | StoreError>
}

/**
 * Binds tokens to a key of this browser, so that a stolen token cannot be used elsewhere. IndexedDB keeps the key for
 * all tabs. No script can read its private half, but a script in the page can sign with it. Outside a secure context
 * the client's calls fail with `invalid_options`, without IndexedDB with `store_unavailable`.
 *
 * @see RFC 9449
 */
export const boundToBrowser = ({ database = "bearerkit", ...options }: BrowserDpopOptions = {}): BrowserDpopKey => {
  const kept = openDatabase(database)
  let connection: unknown
  let known: DpopKey | undefined
  const load = keptKey(kept, "DPoP", newPair).pipe(
    Effect.flatMap((pair) => dpopKey(pair, options)),
    Effect.map((key) => {
      connection = kept.connection()
      // the same key goes on with the nonces that it has learned
      if (known?.thumbprint !== key.thumbprint) known = key
    }),
  )
  const loaded = (): DpopKey => {
    if (known === undefined) throw new Error("the key is used before it is loaded")
    return known
  }
  return {
    load: Effect.suspend(() => (known !== undefined && connection === kept.connection() ? Effect.void : load)),
    get thumbprint() {
      return loaded().thumbprint
    },
    allowsBearer: options.allowBearer ?? false,
    proof: (request) => Effect.suspend(() => loaded().proof(request)),
    learn: (url, answer) => loaded().learn(url, answer),
  }
}

const newPair = /*#__PURE__*/ Effect.tryPromise({
  try: () => crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]),
  catch: () => invalidOptions("dpop", "needs WebCrypto, which this page has not: it is not in a secure context"),
})
