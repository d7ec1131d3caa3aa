import * as browser from "../../src/index.ts"
import { iframe, type IframeOptions } from "../../src/iframe.ts"
import { answerToOpener, loginByPopup } from "../../src/popup.ts"
import { type Arrival, type BrowserClient, type BrowserClientOptions, type LoginState } from "../../src/index.ts"

/** What a test tells a page before it loads. */
export interface PageConfig {
  readonly options: Pick<
    BrowserClientOptions,
    | "acceptedWarnings"
    | "apis"
    | "clientId"
    | "issuer"
    | "metadata"
    | "postLogoutRedirectUri"
    | "redirectUri"
    | "target"
  >
  readonly storage: "cookie" | "encryptedIndexedDb" | "localStorage" | "memory" | "sessionStorage"
  readonly flow: "code" | "locationHash"
  /** Binds the tokens to a key of the browser. */
  readonly dpop?: boolean
  /** Makes a second client while the first one is at work, as a module that is loaded anew does. */
  readonly twice?: boolean
  readonly iframe?: IframeOptions
  /** Hands no answer over, as a page that was not told to. */
  readonly deaf?: boolean
}

export interface Kit {
  readonly browser: typeof browser
  readonly client: BrowserClient
  /** What a module that was loaded anew would have. */
  readonly second: BrowserClient | undefined
  readonly arrival: Promise<Arrival>
  readonly create: () => BrowserClient
  readonly states: Array<LoginState>
  readonly warnings: Array<string>
  readonly loginByPopup: typeof loginByPopup
  readonly dpop: browser.BrowserDpopKey | undefined
}

declare global {
  interface Window {
    config: PageConfig
    /** Milliseconds that this tab believes to have slept. */
    slept?: number
    kit: Kit
  }
}

const { options, storage, flow } = window.config
const states: Array<LoginState> = []
const warnings: Array<string> = []

const { cookie, encryptedIndexedDb, memory, webLocalStorage, webSessionStorage } = browser
const storages = {
  cookie,
  encryptedIndexedDb,
  memory,
  localStorage: webLocalStorage,
  sessionStorage: webSessionStorage,
}

const dpop = window.config.dpop === true ? browser.boundToBrowser() : undefined
const create = (): BrowserClient =>
  browser.createBrowserClient({
    ...options,
    storage: storages[storage](),
    flow: flow === "code" ? browser.code() : browser.locationHash({ responseType: "id_token token" }),
    now: () => Date.now() + (window.slept ?? 0),
    ...(dpop !== undefined && { dpop }),
    ...(window.config.iframe !== undefined && { renewal: iframe(window.config.iframe) }),
    onWarning: ({ name }) => void warnings.push(name),
  })

if (window.config.deaf !== true && (await answerToOpener())) document.body.append("You can close this window.")
const client = create()
client.subscribe((state) => void states.push(state))
const arrival = client.ready()
const second = window.config.twice === true ? create() : undefined
void second?.ready()
window.kit = { browser, client, second, arrival, create, states, warnings, dpop, loginByPopup }
