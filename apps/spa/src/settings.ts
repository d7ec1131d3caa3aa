import {
  type BrowserStorage,
  cookie,
  encryptedIndexedDb,
  memory,
  webLocalStorage,
  webSessionStorage,
} from "@bearerkit/browser"

/** What this page is told by the server that it came from. */
export interface World {
  readonly issuer: string
  readonly clientId: string
  readonly hashClientId: string
  readonly api: string
  readonly audience: string
  readonly nextAudience: string
  readonly ahead: number
}

/** Where tokens can be kept, in words. */
export const storages = {
  memory: "Memory: until this page is left",
  sessionStorage: "Session storage: until this tab is closed",
  encryptedIndexedDb: "Encrypted IndexedDB: all tabs, until you sign out",
  localStorage: "Local storage: all tabs, readable on disk",
  cookie: "Cookie: all tabs, sent to this host",
} as const

export const flows = {
  code: "Code with PKCE",
  hash: "Location hash (legacy)",
} as const

/** What the person has chosen. */
export interface Choice {
  readonly storage: keyof typeof storages
  readonly flow: keyof typeof flows
}

const makers: Readonly<Record<Choice["storage"], () => BrowserStorage>> = {
  cookie,
  memory,
  localStorage: webLocalStorage,
  sessionStorage: webSessionStorage,
  encryptedIndexedDb: () => encryptedIndexedDb(),
}

export const storageOf = ({ storage }: Choice): BrowserStorage => makers[storage]()

/** Kept for the next page, which makes its client by it. */
export const loadChoice = (): Choice => {
  const stored = new URLSearchParams(keeping((kept) => kept.getItem(key)) ?? "")
  const [storage, flow] = [stored.get("storage") ?? "", stored.get("flow") ?? ""]
  return {
    storage: Object.hasOwn(storages, storage) ? (storage as Choice["storage"]) : "sessionStorage",
    flow: Object.hasOwn(flows, flow) ? (flow as Choice["flow"]) : "code",
  }
}

export const saveChoice = ({ storage, flow }: Choice): void => {
  const text = new URLSearchParams({ storage, flow }).toString()
  keeping((kept) => kept.setItem(key, text))
}

const key = "spa-choice"

/** A browser that keeps nothing still shows a page, and what is wrong with it. */
const keeping = <A>(use: (kept: Storage) => A): A | undefined => {
  try {
    return use(localStorage)
  } catch {
    return undefined
  }
}
