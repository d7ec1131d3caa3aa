import { freePorts, isCurlAvailable } from "@bearerkit/services"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { expect, test } from "vitest"
import { base, main } from "./support/command.ts"

/** What stands in the place of a registry: the packages are here already. */
const tools = {
  npm: "#!/bin/sh\n",
  npx: '#!/bin/sh\n[ "$1" = bearerkit ] || exit 1\nshift\nexec "$NODE" "$MAIN" "$@"\n',
}

test.runIf(isCurlAvailable().available)(
  "the first lines of the README do what they say",
  async () => {
    const readme = await readFile(new URL("../README.md", import.meta.url), "utf8")
    const pasted = /```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? ""
    const folder = await mkdtemp(join(tmpdir(), "bearerkit-readme-"))
    try {
      const bin = join(folder, "bin")
      await mkdir(bin)
      for (const [name, script] of Object.entries(tools)) await writeFile(join(bin, name), script, { mode: 0o700 })
      const [port] = await freePorts(1)
      const lines = pasted.replaceAll("3999", String(port))
      const shell = spawn("bash", ["--norc", "-c", `set -eo pipefail; trap 'kill $! && wait $! || :' EXIT\n${lines}`], {
        cwd: folder,
        env: { ...base, PATH: `${bin}${delimiter}${base.PATH}`, NODE: process.execPath, MAIN: main },
      })
      let said = ""
      for (const stream of [shell.stdout, shell.stderr])
        stream.setEncoding("utf8").on("data", (chunk) => (said += chunk))
      const [code]: Array<unknown> = await once(shell, "close")
      expect(said).toMatch(/^verdict\tverified: /m)
      expect(said).toMatch(/^aud\thttps:\/\/api\.example\t/m)
      expect(said).toMatch(/^ok\tclient authentication\t/m)
      expect(code).toBe(0)
    } finally {
      await rm(folder, { recursive: true })
    }
  },
  120_000,
)
