#!/usr/bin/env node
import { mkdirSync } from "node:fs"
import { enableCompileCache } from "node:module"
import { homedir } from "node:os"
import { isAbsolute, join } from "node:path"

/**
 * A compile cache is code, so it is kept where nobody else can write; without it the command only starts more slowly.
 */
const keepCompiledCode = (): void => {
  const { XDG_CACHE_HOME: chosen = "" } = process.env
  try {
    const directory = join(isAbsolute(chosen) ? chosen : join(homedir(), ".cache"), "bearerkit")
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    enableCompileCache(directory)
  } catch {
    // the home directory is not writable
  }
}

keepCompiledCode()
await import("./start.ts")
