import { readFile } from "node:fs/promises"
import { extname, resolve } from "node:path"
import { pathToFileURL } from "node:url"

import type { IssuerConfig } from "../config/config.ts"
import { IssuerConfigError } from "../config/error.ts"

const MODULES = [".js", ".mjs", ".ts", ".mts"]

/** Reads a configuration file; its content is checked when the issuer starts. */
export const loadConfig = async (file: string): Promise<IssuerConfig> => {
  const kind = extname(file)
  if (kind === ".json") return (await readJson(file)) as IssuerConfig
  if (MODULES.includes(kind)) return importDefault(file)
  throw new IssuerConfigError("--config", `must be a .json file or a module (${MODULES.join(", ")})`)
}

const readJson = async (file: string): Promise<unknown> => {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new IssuerConfigError("--config", `cannot be read: ${codeOf(error)}`)
  })
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes the file, which bears secrets.
    throw new IssuerConfigError("--config", "is not valid JSON")
  }
}

const importDefault = async (file: string): Promise<IssuerConfig> => {
  const module = (await import(pathToFileURL(resolve(file)).href).catch((error: unknown) => {
    throw new IssuerConfigError("--config", `cannot be imported: ${codeOf(error)}`)
  })) as { readonly default?: IssuerConfig }
  if (module.default === undefined) throw new IssuerConfigError("--config", "has no default export")
  return module.default
}

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "unknown reason"
  return "code" in error ? String(error.code) : `${error.name}: ${error.message}`
}
