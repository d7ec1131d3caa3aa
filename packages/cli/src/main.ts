#!/usr/bin/env node
import { mkdirSync } from "node:fs"
import { enableCompileCache } from "node:module"
import { homedir } from "node:os"
import { isAbsolute, join } from "node:path"

/** Compiled code is code, so it is kept where nobody else can write; without it the command only starts later. */
const keepCompiledCode = (): void => {
  const { XDG_CACHE_HOME: chosen = "" } = process.env
  try {
    const directory = join(isAbsolute(chosen) ? chosen : join(homedir(), ".cache"), "bearerkit")
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    enableCompileCache(directory)
  } catch {
    // a home that cannot be written to
  }
}

keepCompiledCode()
await import("./start.ts")
