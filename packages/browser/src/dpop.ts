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
  /** Of IndexedDB. @default "bearerkit" */
  readonly database?: string | undefined
}

/** A key of this browser that tokens are bound to. It is there once it has been loaded. */
export interface BrowserDpopKey extends DpopKey {
  /** Does nothing while the database stays open; the key of one that was cleared is used no more. */
  readonly load: Effect.Effect<void, AcquireError | StoreError>
}

/**
 * Binds tokens to a key that stays in this browser: whoever takes a token out of it cannot use it elsewhere. The key is kept
 * in IndexedDB for all tabs, and no script can read its private half; a script that runs in the page can have it sign.
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
