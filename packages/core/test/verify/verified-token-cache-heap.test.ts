import * as Result from "effect/Result"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { describe, expect, test } from "vitest"
import { verifiedTokenCache } from "../../src/verify/verified-token-cache.ts"
import { audience, encode, goodClaims, issuer, makeSigner, mint, signatureOf, verifierFor } from "./mint.ts"

const hs256 = makeSigner("HS256")

describe("the heap of a verifier that remembers tokens", () => {
  test("holds of each signature only its first half", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bearerkit-heap-"))
    const signer = makeSigner("RS256")
    const tokens = Array.from({ length: 5 }, (_, n) => mint(signer, { claims: { jti: `${n}` } }))
    const snapshot = join(folder, "verifier.heapsnapshot")
    const options = JSON.stringify({ issuer, audience, published: signer.published, snapshot })
    const script = fileURLToPath(new URL("heap-of-a-verifier.ts", import.meta.url))
    execFileSync(process.execPath, [script, options], { input: tokens.join("\n") })
    const heap = readFileSync(snapshot, "utf8")
    rmSync(folder, { recursive: true })
    for (const token of tokens) {
      const signature = token.slice(token.lastIndexOf(".") + 1)
      const { length } = signature
      const half = length / 2
      const found = (from: number, to: number) => heap.includes(signature.slice(from, to))
      expect([found(1, half - 1), found(half + 1, half + 33), found(-32, length)]).toEqual([true, false, false])
    }
  })

  test("does not grow with the tokens that come", async () => {
    const heap = (): number => {
      collectGarbage()
      return process.memoryUsage().heapUsed
    }
    const verifier = await verifierFor(hs256, { cache: verifiedTokenCache({ capacity: 100 }) })
    const [header] = mint(hs256).split(".")
    // not with mint, which keeps what it made
    const come = async (count: number) => {
      for (let n = 0; n < count; n++) {
        const input = `${header}.${encode(JSON.stringify({ ...goodClaims(), jti: `${n} ${"x".repeat(2000)}` }))}`
        expect(Result.isSuccess(await verifier.verify(`${input}.${signatureOf(hs256, input)}`))).toBe(true)
      }
    }
    await come(200)
    const before = heap()
    await come(4000)
    expect(heap() - before).toBeLessThan(5_000_000)
  })

  const collectGarbage = (): void => {
    setFlagsFromString("--expose-gc")
    ;(runInNewContext("gc") as () => void)()
  }
})
