import { transformSync } from "esbuild"
import { readFileSync } from "node:fs"
import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"

/** Node strips types, but knows no JSX: pages are translated while they are loaded. What `tsc` has built needs none of it. */
export const loadPages = (): void => {
  registerHooks({
    load: (url, context, next) => {
      if (!url.startsWith("file:") || !url.endsWith(".tsx")) return next(url, context)
      const sourcefile = fileURLToPath(url)
      const { code } = transformSync(readFileSync(sourcefile, "utf8"), { ...options, sourcefile })
      return { format: "module", source: code, shortCircuit: true }
    },
  })
}

const options = { loader: "tsx", jsx: "automatic", jsxImportSource: "hono/jsx", sourcemap: "inline" } as const
