import { Buffer } from "node:buffer"
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto"

/** Turns passwords into what is stored, and checks them against it. */
export interface PasswordHasher {
  readonly hash: (password: string) => Promise<string>
  readonly verify: (password: string, stored: string) => Promise<boolean>
}

const COST = { N: 2 ** 14, r: 8, p: 1, maxmem: 32 * 1024 * 1024 }
const KEY_BYTES = 32

/** scrypt (RFC 7914), stored as `scrypt$salt$key` in base64url. */
export const scryptHasher: PasswordHasher = {
  hash: async (password) => {
    const salt = randomBytes(16)
    const key = await derive(password, salt)
    return `scrypt$${salt.toString("base64url")}$${key.toString("base64url")}`
  },
  verify: async (password, stored) => {
    const [, salt = "", key = ""] = stored.split("$")
    const expected = Buffer.from(key, "base64url")
    const actual = await derive(password, Buffer.from(salt, "base64url"))
    return actual.length === expected.length && timingSafeEqual(actual, expected)
  },
}

const derive = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize("NFC"), salt, KEY_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key)))
  })
