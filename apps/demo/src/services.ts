import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"

/** Installs the servers that the tour needs, as `pnpm services` does; what it says goes to stderr. */
export const installServices = async (): Promise<void> => {
  const command = fileURLToPath(new URL("main.ts", import.meta.resolve("@bearerkit/services")))
  const child = spawn(process.execPath, [command], { stdio: ["ignore", 2, 2] })
  const [code] = (await once(child, "exit")) as [number | null]
  if (code !== 0) throw new Error("the servers that the tour needs could not be installed; see above")
}
