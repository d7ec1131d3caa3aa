import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

import { afterAll, beforeAll, describe, expect, test } from "vitest"

import type { Database } from "../../src/config/connection.ts"
import type { Account, Connection } from "../../src/connection/connection.ts"
import { openDatabase } from "../../src/connection/database.ts"
import { scryptHasher } from "../../src/connection/password-hash.ts"

let folder = ""
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bearerkit-database-"))
})
afterAll(() => rm(folder, { recursive: true }))

const alice = { username: "Alice", password: "correct horse", email: "a@example.test" }
const authenticate = async (users: Connection, name: string, password: string): Promise<Account> =>
  (await users.identify(name, password)).authenticate()
const memory: Database = { name: "users", strategy: "database", disabled: false, file: undefined, users: [alice] }

describe("passwords", () => {
  test("are salted, and verified", async () => {
    const [one, two] = await Promise.all([scryptHasher.hash("secret"), scryptHasher.hash("secret")])
    expect(one).not.toBe(two)
    expect(one).not.toContain("secret")
    expect(await scryptHasher.verify("secret", one)).toBe(true)
    expect(await scryptHasher.verify("Secret", one)).toBe(false)
    expect(await scryptHasher.verify("secret", "")).toBe(false)
  })

  test("one scrypt is done for a known and for an unknown name", async () => {
    const verified: Array<string> = []
    const counting = {
      hash: scryptHasher.hash,
      verify: (password: string, stored: string) => {
        verified.push(stored)
        return scryptHasher.verify(password, stored)
      },
    }
    const users = await openDatabase(memory, counting)
    await expect(authenticate(users, "alice", "x")).rejects.toMatchObject({ reason: "InvalidCredentials" })
    await expect(authenticate(users, "nobody", "x")).rejects.toMatchObject({ reason: "InvalidCredentials" })
    expect(verified).toHaveLength(2)
    expect(verified[0]).not.toBe(verified[1])
    expect(verified.every((stored) => /^scrypt\$[\w-]{22}\$[\w-]{43}$/.test(stored))).toBe(true)
    await users.close()
  })
})

describe("people", () => {
  test("log in with user name or e-mail address, whatever the case", async () => {
    const users = await openDatabase(memory)
    const byName = await authenticate(users, " ALICE ", "correct horse")
    expect(await authenticate(users, "A@example.test", "correct horse")).toEqual(byName)
    expect(byName.profile).toEqual({
      username: "Alice",
      nickname: "Alice",
      email: "a@example.test",
      email_verified: false,
    })
    expect(await users.find(byName.sub.slice("database|".length))).toEqual(byName)
    expect(await users.find("nobody")).toBeUndefined()
    await users.close()
  })

  test.each(["*", "%", "*)(uid=*", "' OR 1=1 --", "\0", "", "__proto__"])("the name %j is nobody's", async (name) => {
    const users = await openDatabase(memory)
    await expect(authenticate(users, name, "correct horse")).rejects.toMatchObject({ reason: "InvalidCredentials" })
    await users.close()
  })

  test("stay in their file, with the password they had, and keep their subject", async () => {
    const file = join(folder, "users.sqlite")
    const first = await openDatabase({ ...memory, file })
    const { sub } = await authenticate(first, "alice", "correct horse")
    await first.close()
    const second = await openDatabase({ ...memory, file, users: [{ ...alice, password: "another" }] })
    expect((await authenticate(second, "alice", "correct horse")).sub).toBe(sub)
    await expect(authenticate(second, "alice", "another")).rejects.toMatchObject({ reason: "InvalidCredentials" })
    await second.close()
    const inMemory = await openDatabase(memory)
    expect((await authenticate(inMemory, "alice", "correct horse")).sub).toBe(sub)
    await inMemory.close()
  })
})
