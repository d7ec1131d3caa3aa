import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

import { afterAll, afterEach, beforeAll, beforeEach, expect, type MockInstance, test, vi } from "vitest"

import { IssuerConfigError, startIssuer } from "../../src/index.ts"
import { start } from "../support/issuer.ts"

let folder = ""
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bearerkit-directory-"))
})
afterAll(() => rm(folder, { recursive: true }))

let close: MockInstance<() => void>
beforeEach(() => {
  close = vi.spyOn(DatabaseSync.prototype, "close")
})
afterEach(() => close.mockRestore())

const clients = [{ id: "a", grants: ["jwt-bearer"] }]

test("what was opened is closed when the next connection cannot be", async () => {
  const users = { name: "users", strategy: "database" } as const
  const connections = [users, { ...users, name: "others", file: join(folder, "no/where.sqlite") }]
  const starting = startIssuer({ config: { clients, connections } })
  await expect(starting).rejects.toMatchObject({ field: "connections[1].file" })
  expect(close).toHaveBeenCalledTimes(1)
})

test("a file that is no database is closed again", async () => {
  const file = join(folder, "text.sqlite")
  await writeFile(file, "no database at all, ".repeat(100))
  const starting = startIssuer({ config: { clients, connections: [{ name: "users", strategy: "database", file }] } })
  await expect(starting).rejects.toBeInstanceOf(IssuerConfigError)
  expect(close).toHaveBeenCalledTimes(1)
})

test("the directory is closed, and the port is free, when a later step fails", async () => {
  const { port } = await start().then(async (issuer) => {
    await issuer.close()
    return issuer
  })
  close.mockClear()
  const log = (): void => {
    throw new Error("the log is full")
  }
  await expect(start({ port, log })).rejects.toThrow("the log is full")
  expect(close).toHaveBeenCalledTimes(2)
  await (await start({ port })).close()
})
