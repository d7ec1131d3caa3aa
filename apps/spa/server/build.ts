import { fileURLToPath } from "node:url"
import { build, type Rolldown } from "vite"

/** A file of the application as it is served. */
export interface Asset {
  readonly type: string
  readonly body: string | Uint8Array
}

/** The application's files, by path; in development with Vue's warnings and the panel for its devtools. */
export const buildApp = async (development: boolean): Promise<ReadonlyMap<string, Asset>> => {
  const { output } = (await build({
    configFile: false,
    logLevel: "error",
    root: fileURLToPath(new URL("..", import.meta.url)),
    oxc: { jsx: { runtime: "automatic", importSource: "vue" } },
    define: {
      __VUE_OPTIONS_API__: "false",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
      "process.env.NODE_ENV": development ? '"development"' : '"production"',
      "import.meta.env.DEV": String(development),
    },
    build: {
      write: false,
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // one script, so that what is imported first runs first
      rolldownOptions: { output: { codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput
  return new Map(output.map((file) => [`/${file.fileName}`, assetOf(file)]))
}

const assetOf = (file: Rolldown.OutputAsset | Rolldown.OutputChunk): Asset => ({
  type: types[file.fileName.split(".").at(-1) ?? ""] ?? "application/octet-stream",
  body: file.type === "chunk" ? file.code : file.source,
})

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
}
