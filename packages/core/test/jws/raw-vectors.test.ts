import { describe, expect, test } from "vitest"
import type { Algorithm } from "../../src/jws/algorithm.ts"
import { base64url, forms, type JwsKey, judge } from "./forms.ts"
import { readVectors, type WycheproofFile } from "./vectors.ts"

interface RawGroup {
  readonly publicKeyJwk?: JwsKey
  readonly keyJwk?: JwsKey
  readonly tagSize?: number
  readonly keySize: number
  readonly tests: ReadonlyArray<{
    readonly tcId: number
    readonly key?: string
    readonly msg: string
    readonly sig?: string
    readonly tag?: string
    readonly result: "valid" | "invalid" | "acceptable"
  }>
}

const files: ReadonlyArray<readonly [string, Algorithm]> = [
  ["hmac_sha256_test.json", "HS256"],
  ["hmac_sha384_test.json", "HS384"],
  ["hmac_sha512_test.json", "HS512"],
  ["rsa_signature_2048_sha256_test.json", "RS256"],
  ["rsa_signature_2048_sha384_test.json", "RS384"],
  ["rsa_signature_2048_sha512_test.json", "RS512"],
  ["rsa_pss_2048_sha256_mgf1_32_test.json", "PS256"],
  ["ecdsa_secp256r1_sha256_p1363_test.json", "ES256"],
  ["ecdsa_secp384r1_sha384_p1363_test.json", "ES384"],
  ["ecdsa_secp521r1_sha512_p1363_test.json", "ES512"],
  ["ed25519_test.json", "EdDSA"],
]

describe.each(files)("Wycheproof %s as %s", (file, alg) => {
  test.each(forms)("judged by %s", async (_, form) => {
    const { testGroups } = readVectors<WycheproofFile<RawGroup>>(`wycheproof/${file}`)
    const wrong: Array<number> = []
    let judged = 0
    for (const group of testGroups) {
      for (const { tcId, key, msg, sig, tag, result } of group.tests) {
        const jwk = key === undefined ? (group.publicKeyJwk ?? group.keyJwk) : { kty: "oct", k: base64url(hex(key)) }
        const signingInput = hex(msg).toString()
        // A signing input is text, so messages that are not UTF-8 cannot occur; truncated tags are no JWS algorithm.
        if (jwk === undefined || !hex(msg).equals(Buffer.from(signingInput)) || result === "acceptable") continue
        if (alg.startsWith("HS") && group.tagSize !== Number(alg.slice(2))) continue
        if (jwk.kty === "oct" && jwk.k === "") continue
        judged++
        const parsed = { header: { alg }, signingInput, signature: hex(sig ?? tag ?? "") }
        if ((await judge(form, withoutUse(jwk), parsed)) !== (result === "valid")) wrong.push(tcId)
      }
    }
    expect(judged).toBeGreaterThan(30)
    expect(wrong).toEqual([])
  })
})

const hex = (text: string): Buffer => Buffer.from(text, "hex")

const withoutUse = ({ kty, k, crv, n, e, x, y }: JwsKey): JwsKey =>
  JSON.parse(JSON.stringify({ kty, k, crv, n, e, x, y })) as JwsKey
