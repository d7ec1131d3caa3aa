import { constants, createHash, generateKeyPairSync, privateEncrypt } from "node:crypto"
import { describe, expect, test } from "vitest"
import type { PublicJwk } from "../../src/jws/signature-key.ts"
import { forms } from "./forms.ts"

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
const { n, e } = publicKey.export({ format: "jwk" })
const jwk = JSON.parse(JSON.stringify({ kty: "RSA", n, e })) as PublicJwk
const signingInput = "header.payload"

/** What the owner of the key could sign instead of a well-made block, or what somebody could forge if the check let it pass. */
const signed = (block: Buffer): Buffer => privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block)

const size = 256
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex")

/** 00 01, as many FF as fill the block unless told otherwise, 00, and the rest. */
const block = (rest: Buffer, padding: Buffer = Buffer.alloc(size - 3 - rest.length, 0xff)): Buffer =>
  Buffer.concat([hex("00 01"), padding, hex("00"), rest])

const algorithms = [
  ["RS256", "sha256", "01", 32],
  ["RS384", "sha384", "02", 48],
  ["RS512", "sha512", "03", 64],
] as const

describe.each(forms)("PKCS #1 v1.5 signatures by %s", (_, { importPublicKey }) => {
  test.each(algorithms)(
    "%s: the one encoded message of RFC 8017 §9.2, and no other",
    async (alg, digest, id, length) => {
      const check = await importPublicKey(jwk, alg)
      const hash = createHash(digest).update(signingInput).digest()
      const oid = `06 09 60 86 48 01 65 03 04 02 ${id}`
      const octets = (tag: number, content: Buffer) => Buffer.concat([Buffer.from([tag, content.length]), content])
      const info = (algorithm: string, value = hash) =>
        octets(0x30, Buffer.concat([octets(0x30, hex(algorithm)), octets(0x04, value)]))
      const right = info(`${oid} 05 00`)
      const room = size - 3 - right.length

      expect(right).toHaveLength(19 + length)
      expect(await check(signingInput, signed(block(right)))).toBe(true)
      const wrong: Readonly<Record<string, Buffer>> = {
        "bytes after the hash": block(Buffer.concat([right, Buffer.alloc(room - 8)]), Buffer.alloc(8, 0xff)),
        "one byte after the hash": block(Buffer.concat([right, Buffer.alloc(1)])),
        "bytes before the hash": block(Buffer.concat([Buffer.alloc(4), right])),
        "bytes within the parameters": block(info(`${oid} 04 04 00 00 00 00`)),
        "no parameters": block(info(oid)),
        "a long form of a length": block(Buffer.concat([hex("30 81"), right.subarray(1)])),
        "the name of another hash": block(info(`06 09 60 86 48 01 65 03 04 02 ${id === "01" ? "02" : "01"} 05 00`)),
        "no name of a hash": block(hash),
        "half of the hash": block(info(`${oid} 05 00`, hash.subarray(length / 2))),
        "another hash": block(info(`${oid} 05 00`, createHash(digest).update("another").digest())),
        "block type 0": Buffer.concat([hex("00 00"), Buffer.alloc(room), hex("00"), right]),
        "block type 2": Buffer.concat([hex("00 02"), Buffer.alloc(room, 0xff), hex("00"), right]),
        "padding of another byte": block(right, Buffer.concat([Buffer.alloc(room - 1, 0xff), hex("fe")])),
        "padding that ends early": block(Buffer.concat([Buffer.alloc(room - 9), right]), Buffer.alloc(9, 0xff)),
        "no padding": Buffer.concat([Buffer.alloc(size - right.length), right]),
        "no zero before the rest": Buffer.concat([hex("00 01"), Buffer.alloc(room + 1, 0xff), right]),
      }
      for (const [what, made] of Object.entries(wrong)) {
        expect([what, made.length, await check(signingInput, signed(made))]).toEqual([what, size, false])
      }
    },
  )

  test("a number as large as the modulus is no signature", async () => {
    const check = await importPublicKey(jwk, "RS256")
    expect(await check(signingInput, Buffer.from(n ?? "", "base64url"))).toBe(false)
    expect(await check(signingInput, Buffer.alloc(0))).toBe(false)
  })
})
