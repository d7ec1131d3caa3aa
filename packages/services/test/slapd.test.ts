import { spawn } from "node:child_process"
import { once } from "node:events"

import { Client } from "ldapts"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"

import { isSlapdAvailable, type Slapd, startSlapd } from "../src/index.ts"

const state = isSlapdAvailable()
const skip = !state.available && process.env["CI"] !== "true"
if (!state.available && skip) process.stderr.write(`\nSKIPPED: ${state.why}. To get it: ${state.how}\n\n`)

describe.skipIf(skip)("slapd", () => {
  let slapd: Slapd
  beforeAll(async () => {
    slapd = await startSlapd({
      people: [{ uid: "bob", password: "hunter two", mail: "bob@example.test" }],
      groups: [{ cn: "staff", members: ["bob"] }],
    })
  })
  afterAll(() => slapd.close())

  const bob = () => `uid=bob,ou=people,${slapd.baseDn}`

  const connected = async <Value>(client: Client, use: (client: Client) => Promise<Value>): Promise<Value> => {
    try {
      return await use(client)
    } finally {
      await client.unbind().catch(() => {})
    }
  }

  test("lets people bind with their password only, and nobody without one", async () => {
    const bind = (password: string) =>
      connected(new Client({ url: slapd.url }), (client) => client.bind(bob(), password))
    await bind("hunter two")
    await expect(bind("x")).rejects.toMatchObject({ code: 49 })
    await expect(bind("")).rejects.toMatchObject({ code: expect.any(Number) })
  })

  test("lets the service account read people and groups, but no password", async () => {
    const { searchEntries } = await connected(new Client({ url: slapd.url }), async (client) => {
      await client.bind(slapd.bindDn, slapd.bindPassword)
      return client.search(slapd.baseDn, {
        filter: "(uid=bob)",
        attributes: ["mail", "memberOf", "userPassword", "entryUUID"],
      })
    })
    expect(searchEntries).toEqual([
      {
        dn: bob(),
        mail: "bob@example.test",
        memberOf: `cn=staff,ou=groups,${slapd.baseDn}`,
        userPassword: [],
        entryUUID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    ])
  })

  test("offers StartTLS and LDAPS with its own authority", async () => {
    // ldapts writes into what it is given.
    const tls = () => ({ ca: [slapd.ca], host: "127.0.0.1" })
    await connected(new Client({ url: slapd.url }), async (client) => {
      await client.startTLS(tls())
      await client.bind(bob(), "hunter two")
    })
    await connected(new Client({ url: slapd.ldapsUrl, tlsOptions: tls() }), (client) =>
      client.bind(bob(), "hunter two"),
    )
    const stranger = new Client({ url: slapd.ldapsUrl, tlsOptions: { host: "127.0.0.1" } })
    await expect(connected(stranger, (client) => client.bind(bob(), "hunter two"))).rejects.toMatchObject({
      code: "SELF_SIGNED_CERT_IN_CHAIN",
    })
  })

  test("ends when it is closed", async () => {
    const other = await startSlapd()
    await other.close()
    await expect(refused(other.url)).resolves.toBe(true)
  })

  test("ends when its parent is killed", async () => {
    const entry = new URL("../src/index.ts", import.meta.url).href
    const script = `const s = await (await import(${JSON.stringify(entry)})).startSlapd(); console.log(s.url); setInterval(() => {}, 1e6)`
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    const [url] = (await once(parent.stdout, "data")) as [Buffer]
    expect(await refused(String(url).trim())).toBe(false)
    parent.kill("SIGKILL")
    await vi.waitFor(async () => expect(await refused(String(url).trim())).toBe(true), { timeout: 5000 })
  })

  test("says what slapd said when it does not start", async () => {
    await expect(
      startSlapd({ entries: [{ dn: "cn=x,dc=elsewhere", attributes: { objectClass: "device", cn: "x" } }] }),
    ).rejects.toThrow(/slapadd/)
  })
})

const refused = async (url: string): Promise<boolean> => {
  const client = new Client({ url, connectTimeout: 1000, timeout: 1000 })
  try {
    await client.bind("cn=nobody", "x")
    return false
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ECONNREFUSED"
  } finally {
    await client.unbind().catch(() => {})
  }
}
