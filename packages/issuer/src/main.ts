#!/usr/bin/env node
import { readFile } from "node:fs/promises"
import { parseArgs } from "node:util"

import { HELP } from "./command/help.ts"
import { loadConfig } from "./command/load-config.ts"
import { IssuerConfigError } from "./config/error.ts"
import { type Issuer, startIssuer } from "./issuer.ts"
import { ListenError } from "./server.ts"

const EXIT = { ok: 0, failure: 1, usage: 2, network: 6, configuration: 7 } as const

class UsageError extends Error {}

const main = async (): Promise<void> => {
  const options = readArguments()
  if (options.help === true) {
    console.log(HELP)
    return
  }
  if (options.version === true) {
    console.log(await readVersion())
    return
  }
  if (options.config === undefined) throw new UsageError(`--config is missing.\n\n${HELP}`)
  const port = readPort(options.port ?? "3999")
  const { host = "127.0.0.1" } = options
  if (!isLoopback(host)) {
    console.error(
      `warning: ${host} is not a loopback address; others can reach this issuer, which is not made for that`,
    )
  }
  const config = await loadConfig(options.config)
  const issuer = await startIssuer({ config, port, host, log: (line) => console.error(line) })
  stopOnSignal(issuer)
  console.log(addresses(issuer))
}

const readArguments = () => {
  try {
    const text = { type: "string" } as const
    const flag = { type: "boolean" } as const
    const { values } = parseArgs({
      options: { config: text, port: text, host: text, help: { ...flag, short: "h" }, version: flag },
    })
    return values
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\nTry --help.`)
  }
}

const readPort = (text: string): number => {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new UsageError("--port must be a number from 0 to 65535")
}

const readVersion = async (): Promise<string> => {
  const manifest: unknown = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"))
  return (manifest as { readonly version: string }).version
}

const isLoopback = (host: string): boolean => /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)

const addresses = ({ url }: Issuer): string =>
  [
    `issuer         ${url}`,
    `discovery      ${url}/.well-known/openid-configuration`,
    `authorization  ${url}/authorize`,
    `token          ${url}/token`,
    `introspection  ${url}/introspect`,
    `revocation     ${url}/revoke`,
    `userinfo       ${url}/userinfo`,
    `device         ${url}/device`,
    `logout         ${url}/session/end`,
    `keys           ${url}/jwks`,
    `legacy         ${url}/oauth/ro, /delegation, /tokeninfo, /v2/logout`,
    "Stop with Ctrl-C.",
  ].join("\n")

const stopOnSignal = (issuer: Issuer): void => {
  const stop = (): void => {
    issuer.close().then(
      () => process.exit(EXIT.ok),
      () => process.exit(EXIT.failure),
    )
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, stop)
}

const exitCodeOf = (error: unknown): number => {
  if (error instanceof UsageError) return EXIT.usage
  if (error instanceof IssuerConfigError) return EXIT.configuration
  return error instanceof ListenError ? EXIT.network : EXIT.failure
}

try {
  await main()
} catch (error) {
  const prefix = error instanceof IssuerConfigError ? "configuration: " : ""
  console.error(`bearerkit-issuer: ${prefix}${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = exitCodeOf(error)
}
