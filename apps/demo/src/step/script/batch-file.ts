import { execFile } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { isCurlAvailable } from "@bearerkit/services"
import { ada, clients, connections } from "../../world/people.ts"
import { expect } from "../expect.ts"
import type { Step } from "../step.ts"

/** A shell script with nobody present: POST /oauth/ro and a call of the API, both by curl. */
export const batchFile: Step = {
  name: "script/batch-file",
  take: async (world, signal) => {
    const curl = isCurlAvailable()
    if (!curl.available) return { skipped: `${curl.why}; to get it: ${curl.how}` }
    const folder = await mkdtemp(join(tmpdir(), "bearerkit-batch-"))
    try {
      const passwordFile = join(folder, "password")
      await writeFile(passwordFile, world.secrets.adaPassword, { mode: 0o600 })
      const env = {
        PATH: process.env["PATH"],
        ISSUER: world.issuer.url,
        CLIENT_ID: clients.legacyApi,
        CONNECTION: connections.database,
        USERNAME: ada.username,
        PASSWORD_FILE: passwordFile,
        API: `${world.api.url}/legacy/whoami`,
      }
      const { stdout } = await promisify(execFile)("/bin/sh", [script], { env, signal }).catch(saidBy)
      const read = JSON.parse(stdout) as Readonly<Record<string, unknown>>
      expect(read["aud"] === clients.legacyApi, `the API read the audience ${String(read["aud"])}`)
      return {
        line: `examples/batch-file.sh signed in as ${ada.username} with nobody present and called the API with curl; the API read ${String(read["sub"])}`,
        detail: { jti: read["jti"], client: clients.legacyApi, subject: read["sub"], audience: read["aud"] },
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  },
}

const script = fileURLToPath(new URL("../../../../../examples/batch-file.sh", import.meta.url))

/** The script's own sentence; the error of `execFile` has the command in it. */
const saidBy = (error: unknown): never => {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim().split("\n").at(-1) : undefined
  throw new Error(said ?? "the script could not be run")
}
