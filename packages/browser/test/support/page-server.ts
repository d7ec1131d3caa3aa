import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { build, type Rolldown } from "vite"

export interface PageServer {
  readonly origin: string
  readonly close: () => Promise<void>
}

/** Serves the application at every path, the laws at `/laws` and the page of frames at `/silent`, under a policy as strict as an application's. */
export const startPageServer = async (): Promise<PageServer> => {
  const [kit, laws, silent] = await Promise.all([
    bundle({ entry: here("../page/kit.ts") }),
    bundle({ entry: here("../page/laws.ts"), alias: { "@effect/vitest": here("../page/law-runner.ts") } }),
    bundle({ entry: here("../page/silent.ts") }),
  ])
  const scripts: Readonly<Record<string, string>> = { "/kit.js": kit, "/laws.js": laws, "/silent.js": silent }
  const server = createServer((request, response) => {
    const { pathname } = new URL(`http://page.invalid${request.url ?? ""}`)
    const script = scripts[pathname]
    const type = script === undefined ? "text/html" : "text/javascript"
    response.writeHead(200, { "content-type": type, "content-security-policy": policy })
    response.end(script ?? html(pathname === "/laws" || pathname === "/silent" ? `${pathname}.js` : "/kit.js"))
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

const html = (script: string): string =>
  `<!doctype html><title>application</title><main id="application"></main><script type="module" src="${script}"></script>`

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src http://127.0.0.1:*",
  "frame-src http://127.0.0.1:*",
  "frame-ancestors 'self'",
  "base-uri 'none'",
].join("; ")

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export interface Bundling {
  readonly entry: string
  readonly alias?: Readonly<Record<string, string>>
  readonly define?: Readonly<Record<string, string>>
}

/** A program as one small script. */
export const bundle = async ({ entry, alias = {}, define = {} }: Bundling): Promise<string> => {
  const output = (await build({
    configFile: false,
    logLevel: "error",
    root: here("../.."),
    resolve: { alias },
    define,
    build: {
      write: false,
      minify: true,
      target: "es2022",
      modulePreload: false,
      rolldownOptions: { input: entry, preserveEntrySignatures: "strict", output: { codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput
  return output.output[0].code
}
