import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { build, type Rolldown } from "vite"

export interface PageServer {
  readonly origin: string
  readonly close: () => Promise<void>
}

/** Serves one page at every path, under a policy as strict as an application's, and an API at `/api`. */
export const startPageServer = async (script: string): Promise<PageServer> => {
  const server = createServer((request, response) => {
    if (request.url === "/kit.js") {
      response.writeHead(200, { "content-type": "text/javascript" })
      return response.end(script)
    }
    response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy })
    return response.end('<!doctype html><title>page</title><script type="module" src="/kit.js"></script>')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const policy = "default-src 'none'; script-src 'self'; connect-src http://127.0.0.1:*; base-uri 'none'"

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export interface Bundling {
  readonly entry: string
  readonly alias?: Readonly<Record<string, string>>
  readonly minify?: boolean
}

/** A program as one script. */
export const bundle = async ({ entry, alias = {}, minify = false }: Bundling): Promise<string> => {
  const output = (await build({
    configFile: false,
    logLevel: "error",
    root: here("../.."),
    resolve: { alias },
    build: {
      write: false,
      minify,
      target: "es2022",
      modulePreload: false,
      rollupOptions: { input: entry, preserveEntrySignatures: "strict" },
    },
  })) as Rolldown.RolldownOutput
  return output.output[0].code
}

/** What the tests drive in the page. */
export const bundleKit = (): Promise<string> =>
  bundle({ entry: here("../page/kit.ts"), alias: { "@effect/vitest": here("../page/law-runner.ts") } })
