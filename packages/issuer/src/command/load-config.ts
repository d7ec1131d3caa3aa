import { execFile } from "node:child_process"
import { access, readFile, realpath } from "node:fs/promises"
import { extname, resolve } from "node:path"
import { pathToFileURL } from "node:url"

import type { IssuerConfig } from "../config/config.ts"
import { IssuerConfigError } from "../config/error.ts"

const MODULES = [".js", ".mjs", ".ts", ".mts"]

/** Reads a configuration file; its content is checked when the issuer starts. */
export const loadConfig = async (file: string): Promise<IssuerConfig> => {
  const kind = extname(file)
  const path = resolve(file)
  if (kind === ".json") return (await readJson(path)) as IssuerConfig
  if (MODULES.includes(kind)) return importDefault(path)
  throw refused(path, `must be a .json file or a module (${MODULES.join(", ")})`)
}

const refused = (at: string, problem: string): IssuerConfigError =>
  new IssuerConfigError("--config", `${at} ${problem}`)

const unreadable = (path: string, error: unknown): IssuerConfigError => {
  const code = codeOf(error)
  // Not refused(): a colon after the path.
  if (code === "ENOENT") return new IssuerConfigError("--config", `${path}: there is no such file`)
  return refused(path, `cannot be read: ${code ?? "unknown reason"}`)
}

const readJson = async (path: string): Promise<unknown> => {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw unreadable(path, error)
  })
  try {
    return JSON.parse(text)
  } catch (error) {
    // Only the line of the parser's message: it quotes the file, which contains secrets.
    const line = /\(line (\d+) column \d+\)$/.exec(messageOf(error))?.[1]
    throw refused(place(path, line), "is not valid JSON")
  }
}

const importDefault = async (path: string): Promise<IssuerConfig> => {
  await access(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  const module = (await import(pathToFileURL(path).href).catch(async (error: unknown) => {
    throw refused(place(path, await lineOf(error, path)), `cannot be imported: ${reasonOf(error)}`)
  })) as { readonly default?: IssuerConfig }
  if (module.default === undefined) throw refused(path, "has no default export")
  return module.default
}

const place = (path: string, line: string | undefined): string => (line === undefined ? path : `${path}:${line}`)

const lineOf = async (error: unknown, path: string): Promise<string | undefined> => {
  const stack = error instanceof Error ? (error.stack ?? "") : ""
  // Node names the file behind a link.
  const names = [path, await realpath(path)].flatMap((name) => [pathToFileURL(name).href, name])
  return lineIn(stack, names) ?? (error instanceof SyntaxError ? lineIn(await checkSyntax(path), names) : undefined)
}

const lineIn = (text: string, names: ReadonlyArray<string>): string | undefined => {
  for (const name of names) {
    const at = text.indexOf(`${name}:`)
    const line = at < 0 ? undefined : /^\d+/.exec(text.slice(at + name.length + 1))?.[0]
    if (line !== undefined) return line
  }
  return undefined
}

// The error of an import lacks the line of a syntax error; `node --check` prints it, and runs nothing.
const checkSyntax = (path: string): Promise<string> =>
  new Promise((done) => {
    execFile(process.execPath, ["--check", path], (_error, _stdout, stderr) => done(stderr))
  })

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "unknown reason"
  if (!(error instanceof SyntaxError)) return `${error.name}: ${firstLine(error.message)}`
  const code = codeOf(error)
  if (code !== undefined) return code
  const message = firstLine(error.message)
  return `${error.name}: ${message.startsWith("The requested module") ? message : withoutQuotes(message)}`
}

// Text that a parser quotes may be part of a secret; punctuation cannot.
const withoutQuotes = (message: string): string => message.replaceAll(/ ?(["']).*\w.*\1/g, "")

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? ""

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : "")

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error ? String(error.code) : undefined
