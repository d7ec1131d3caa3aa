import type { KeyValueStorage } from "@bearerkit/core"
import type { Page } from "../page.ts"

export interface FakePage extends Page {
  /** The URLs that the client sent the person to. */
  readonly left: ReadonlyArray<string>
  readonly listeners: Set<Parameters<Page["listen"]>[0]>
  readonly storage: KeyValueStorage
  online: boolean
  visible: boolean
}

/** A page without a browser. */
export const fakePage = (address: string, storage: KeyValueStorage = mapStorage()): FakePage => {
  const left: Array<string> = []
  let url = new URL(address)
  const page: FakePage = {
    left,
    listeners: new Set(),
    storage,
    online: true,
    visible: true,
    url: () => new URL(url),
    leave: (to) => void left.push(to),
    show: (to) => {
      url = new URL(to, url)
    },
    isBack: () => false,
    pending: () => storage,
    isOnline: () => page.online,
    isVisible: () => page.visible,
    listen: (listener) => {
      page.listeners.add(listener)
      return () => void page.listeners.delete(listener)
    },
  }
  return page
}

const mapStorage = (): KeyValueStorage => {
  const entries = new Map<string, string>()
  return {
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
  }
}
