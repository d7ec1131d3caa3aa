import * as browser from "../../src/index.ts"
import { type BrowserClient, type BrowserClientOptions, type LoginState } from "../../src/index.ts"
import { runSuite, suites } from "./laws.ts"

/** What a test tells a page before it loads. */
export interface PageConfig {
  readonly options: Pick<
    BrowserClientOptions,
    "acceptedWarnings" | "apis" | "clientId" | "issuer" | "redirectUri" | "target" | "postLogoutRedirectUri"
  >
  readonly storage: "cookie" | "encryptedIndexedDb" | "localStorage" | "memory" | "sessionStorage"
  readonly flow: "code" | "locationHash"
}

export interface Kit {
  readonly browser: typeof browser
  readonly client: BrowserClient
  readonly create: () => BrowserClient
  readonly states: Array<LoginState>
  readonly warnings: Array<string>
  readonly suites: typeof suites
  readonly runSuite: typeof runSuite
}

declare global {
  interface Window {
    config: PageConfig
    kit: Kit
  }
}

const { options, storage, flow } = window.config
const states: Array<LoginState> = []
const warnings: Array<string> = []

const { cookie, encryptedIndexedDb, localStorage, memory, sessionStorage } = browser
const storages = { cookie, encryptedIndexedDb, localStorage, memory, sessionStorage }

const create = (): BrowserClient =>
  browser.createBrowserClient({
    ...options,
    storage: storages[storage](),
    flow: flow === "code" ? browser.code() : browser.locationHash({ responseType: "id_token token" }),
    onWarning: ({ name }) => void warnings.push(name),
  })

const client = create()
client.subscribe((state) => void states.push(state))
window.kit = { browser, client, create, states, warnings, suites, runSuite }
void client.ready()
