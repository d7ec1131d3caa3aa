import { CompactSign, exportJWK, generateKeyPair } from "jose"
import { describe, expect, test } from "vitest"
import { type Algorithm, asymmetricAlgorithms } from "../../src/jws/algorithm.ts"
import { derOf } from "../../src/jws/ecdsa-der.node.ts"
import type { PublicJwk } from "../../src/jws/signature-key.ts"
import { base64url, forms, type JwsKey, judge } from "./forms.ts"

const secret = { kty: "oct", k: base64url("a secret that is long enough for SHA-512, which takes 64 bytes.....") }
const algorithms: ReadonlyArray<Algorithm> = ["HS256", "HS384", "HS512", ...asymmetricAlgorithms, "Ed25519"]

const fixtures = await Promise.all(
  algorithms.map(async (alg) => {
    const { signing, key } = await makeKey(alg)
    const jws = await new CompactSign(Buffer.from('{"sub":"someone"}')).setProtectedHeader({ alg }).sign(signing)
    const other = await new CompactSign(Buffer.from('{"sub":"someone else"}')).setProtectedHeader({ alg }).sign(signing)
    const { signingInput, signature } = takeApart(jws)
    return { alg, key, signingInput, signature, otherSignature: takeApart(other).signature }
  }),
)

test.each(forms)("a digest by %s: that of FIPS 180-4, lone surrogates included", async (_, { sha256 }) => {
  expect(await sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  expect(await sha256("abc", "base64url")).toBe("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0")
  expect(await sha256("\ud800")).toBe(await sha256("\ufffd"))
})

describe.each(forms)("signatures by %s", (_, form) => {
  test.each(fixtures)("$alg: its own, and no other", async ({ alg, key, signingInput, signature, otherSignature }) => {
    const verdict = (input: string, signature: Uint8Array) =>
      judge(form, key, { header: { alg }, signingInput: input, signature })
    expect(await verdict(signingInput, signature)).toBe(true)
    expect(await verdict(`${signingInput}x`, signature)).toBe(false)
    expect(await verdict(signingInput, otherSignature)).toBe(false)
    for (const wrong of wrongSignatures(signature)) expect(await verdict(signingInput, wrong)).toBe(false)
  })

  test.each(fixtures.filter(({ alg }) => alg.startsWith("ES")))(
    "$alg: not in DER, nor with leading zeros",
    async ({ alg, key, signingInput, signature }) => {
      const [r, s] = [signature.subarray(0, signature.length / 2), signature.subarray(signature.length / 2)]
      const zero = Buffer.alloc(1)
      for (const wrong of [derOf(signature), Buffer.concat([zero, r, zero, s]), Buffer.concat([s, r])]) {
        expect(await judge(form, key, { header: { alg }, signingInput, signature: wrong })).toBe(false)
      }
    },
  )

  test("a point that is not on its curve is no key", async () => {
    const { jwk } = await publicJwk("ES256")
    const moved = { ...jwk, y: `${jwk.y?.startsWith("A") ? "B" : "A"}${jwk.y?.slice(1)}` }
    await expect((async () => form.importPublicKey(moved, "ES256"))()).rejects.toThrow(/invalid/i)
  })

  test("base64url is canonical or nothing", () => {
    expect(form.decodeBase64Url("-_8")).toEqual(expect.objectContaining({ length: 2 }))
    for (const other of ["-_9", "+/8", "-_8=", "-_ 8", " -_8", "-_8\n", "A", "-_8é", "-_8\u012d", "-_.8"]) {
      expect([other, form.decodeBase64Url(other)]).toEqual([other, undefined])
    }
  })

  test("text is UTF-8 as it is or nothing", () => {
    expect(form.decodeUtf8(Buffer.from("\ufeffzażółć 🐻"))).toBe("\ufeffzażółć 🐻")
    for (const hex of ["ff", "c0af", "eda080", "f4908080", "e282"]) {
      expect([hex, form.decodeUtf8(Buffer.from(hex, "hex"))]).toEqual([hex, undefined])
    }
  })
})

describe("on Node elliptic curves are checked", async () => {
  const { alg, key, signingInput, signature } = fixtures.find(({ alg }) => alg === "ES256")!
  const { kty, crv, x, y } = key as unknown as PublicJwk
  const check = await forms[0]![1].importPublicKey(JSON.parse(JSON.stringify({ kty, crv, x, y })), alg)
  const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

  test("at once for one caller, however often", async () => {
    for (let call = 0; call < 50; call++) {
      const answer = check(signingInput, signature)
      expect(answer).toBe(true)
      await answer
    }
    await nextTurn()
    for (let call = 0; call < 8; call++) expect(check(signingInput, signature)).toBe(true)
  })

  test("in the thread pool for many who come without a pause", async () => {
    await nextTurn()
    const answers = Array.from({ length: 50 }, () => check(signingInput, signature))
    expect(answers.filter((answer) => answer instanceof Promise)).toHaveLength(42)
    expect(await Promise.all(answers)).not.toContain(false)
  })

  test("in the thread pool for callers that arrive in one turn of the event loop, as requests do", async () => {
    await nextTurn()
    const answers: Array<boolean | Promise<boolean>> = []
    for (let caller = 0; caller < 8; caller++) setImmediate(() => answers.push(check(signingInput, signature)))
    await nextTurn()
    expect(answers.filter((answer) => answer instanceof Promise)).toHaveLength(7)
    expect(await Promise.all(answers)).not.toContain(false)
    await nextTurn()
    expect(check(signingInput, signature)).toBe(true)
  })
})

test.each(fixtures.filter(({ alg }) => /^[RP]S/.test(alg)))(
  "on Node $alg is checked at once, but for the rest of many that come without a pause",
  async ({ alg, key, signingInput, signature, otherSignature }) => {
    const { kty, n, e } = key as unknown as PublicJwk
    const check = await forms[0]![1].importPublicKey(JSON.parse(JSON.stringify({ kty, n, e })), alg)
    for (let call = 0; call < 50; call++) {
      const answer = check(signingInput, signature)
      expect(answer).toBe(true)
      await answer
    }
    const answers = Array.from({ length: 50 }, () => check(signingInput, signature))
    expect(answers.filter((answer) => answer instanceof Promise)).toHaveLength(34)
    const wrong = check(signingInput, otherSignature)
    expect(wrong).toBeInstanceOf(Promise)
    expect(await wrong).toBe(false)
    expect(await Promise.all(answers)).not.toContain(false)
    expect(check(signingInput, signature)).toBe(true)
  },
)

const wrongSignatures = (bytes: Buffer): ReadonlyArray<Buffer> => [
  flipped(bytes, 0),
  flipped(bytes, bytes.length - 1),
  bytes.subarray(1),
  bytes.subarray(0, -1),
  Buffer.concat([bytes, Buffer.alloc(1)]),
  Buffer.alloc(bytes.length),
  Buffer.alloc(bytes.length, 0xff),
]

const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at]! ^= 1
  return copy
}

async function makeKey(alg: Algorithm): Promise<{ readonly signing: CryptoKey | Uint8Array; readonly key: JwsKey }> {
  if (alg.startsWith("HS")) return { signing: Buffer.from(secret.k, "base64url"), key: secret }
  const { jwk, signing } = await publicJwk(alg)
  return { signing, key: jwk as JwsKey }
}

async function publicJwk(alg: Algorithm) {
  const pair = await generateKeyPair(alg, { extractable: true })
  const { kty, crv, n, e, x, y } = await exportJWK(pair.publicKey)
  return { signing: pair.privateKey, jwk: JSON.parse(JSON.stringify({ kty, crv, n, e, x, y })) }
}

function takeApart(jws: string): { readonly signingInput: string; readonly signature: Buffer } {
  const dot = jws.lastIndexOf(".")
  return { signingInput: jws.slice(0, dot), signature: Buffer.from(jws.slice(dot + 1), "base64url") }
}
