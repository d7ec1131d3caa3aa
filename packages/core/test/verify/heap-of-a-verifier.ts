import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { readFileSync } from "node:fs"
import { setFlagsFromString, writeHeapSnapshot } from "node:v8"
import { runInNewContext } from "node:vm"
import { verifiedTokenCache } from "../../src/verify/verified-token-cache.ts"
import { makeVerifier } from "../../src/verify/access-token.ts"
import { jwks } from "../../src/verify/jwks.ts"

// A process of its own: what a test runner keeps of its tests would be in the heap too.
const { issuer, audience, published, snapshot } = JSON.parse(process.argv[2] ?? "")
const keys = jwks({ keys: published })
const verifier = await Effect.runPromise(makeVerifier({ issuer, audience, keys, cache: verifiedTokenCache() }))

// A function: what it knew is free when it has returned.
const verifyTokens = async (): Promise<void> => {
  for (const token of readFileSync(0, "latin1").split("\n")) {
    const first = await verifier.verify(token)
    if (!Result.isSuccess(first) || verifier.verify(token) !== first) throw new Error("A token was not remembered.")
  }
}
await verifyTokens()

setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc") as () => void
collectGarbage()
await new Promise((resolve) => setImmediate(resolve))
collectGarbage()
writeHeapSnapshot(snapshot)
