import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { type Asset, buildApp } from "./build.ts"

/** What the application is told of the world it runs in. */
export interface SpaSettings {
  readonly issuer: string
  /** The client of the code flow, and that of the location hash. */
  readonly clientId: string
  readonly hashClientId: string
  /** Where the API is, what its tokens are for, and what the next one's are for. */
  readonly api: string
  readonly audience: string
  readonly nextAudience: string
  /** Milliseconds by which the page's clock is ahead. */
  readonly ahead: number
}

export interface Spa extends AsyncDisposable {
  readonly url: string
  /** To be called before the first page is opened. */
  readonly configure: (settings: SpaSettings) => void
}

/** Serves the application on a free loopback port; it is built when the first page is opened. */
export const startSpa = async ({ development = false } = {}): Promise<Spa> => {
  let settings: SpaSettings | undefined
  let building: Promise<ReadonlyMap<string, Asset>> | undefined

  const find = async (path: string): Promise<Asset | undefined> => {
    if (path === "/config.json") return { type: "application/json", body: JSON.stringify(settings) }
    building ??= buildApp(development)
    const assets = await building
    return assets.get(path) ?? (/\.\w+$/.test(path) ? undefined : assets.get("/index.html"))
  }

  const answer = async ({ url = "/" }: IncomingMessage, response: ServerResponse): Promise<void> => {
    // not as a base: "//" would be a host
    const asset = await find(new URL(`http://spa.invalid${url}`).pathname)
    const type = asset?.type ?? "text/plain"
    response.writeHead(asset === undefined ? 404 : 200, { ...headersFor(settings), "content-type": type })
    response.end(asset?.body)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end())
  })
  await listening(server)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    configure: (known) => {
      settings = known
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Nothing inline, nothing evaluated, no other hosts than the issuer and the API. */
const headersFor = (settings: SpaSettings | undefined): Readonly<Record<string, string>> => ({
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${settings?.issuer ?? ""} ${settings?.api ?? ""}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; "),
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
})

const listening = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(0, "127.0.0.1", resolve)
  })
