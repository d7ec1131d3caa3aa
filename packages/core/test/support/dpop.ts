import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { parseTarget } from "../../src/model/target.ts"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import type { DpopKey } from "../../src/protocol/dpop.ts"
import { generateDpopKey } from "../../src/protocol/dpop-key.ts"
import type { LawServer } from "../laws/flow.ts"
import { network, orders, secretOf } from "./world.ts"

/** Two keys that have nothing to do with each other. */
export const makeKeys = (): Promise<readonly [DpopKey, DpopKey]> =>
  Effect.runPromise(Effect.all([generateDpopKey(), generateDpopKey()]))

/** Starts a server whose nonce these keys already know, so that requests can be counted. */
export const knowing = (keys: ReadonlyArray<DpopKey>, start: () => Promise<LawServer>) => async () => {
  const server = await start()
  const target = Result.getOrThrow(parseTarget({ resource: orders, scope: "read" }))
  const client = { issuer: server.url, clientId: "basic", clientAuth: clientSecretBasic(secretOf("basic")) }
  for (const dpop of keys) {
    await Effect.runPromise(Effect.provide(clientCredentials().acquire({ ...client, dpop }, target), network()))
  }
  return server
}
