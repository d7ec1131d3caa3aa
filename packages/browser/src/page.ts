import type { KeyValueStorage } from "@bearerkit/core"

/** What a client needs of the page it runs in. */
export interface Page {
  readonly url: () => URL
  /** Navigates to another page. */
  readonly leave: (url: string) => void
  /** Changes the URL without loading anything or adding to the history. */
  readonly show: (url: string) => void
  /** Whether the page was loaded because the person went back to it, or forward. */
  readonly isBack: () => boolean
  /** The storage for logins under way: of this tab, until it is closed. */
  readonly pending: () => KeyValueStorage
  readonly isOnline: () => boolean
  readonly isVisible: () => boolean
  /**
   * Calls the listener when the network is lost, and when the page wakes up in a world that may have changed: `back` if
   * the browser has kept it until the person came back. Returns a function that stops it. The promise of the listener is
   * for tests: it settles when what it began is done.
   */
  readonly listen: (listener: (change: "back" | "lost" | "woken") => Promise<void> | void) => () => void
}

/** The page of this window; none on a server. */
export const windowPage = (): Page | undefined =>
  typeof window === "undefined" || typeof document === "undefined" ? undefined : pageOf(window)

const pageOf = (window: Window): Page => ({
  url: () => new URL(window.location.href),
  leave: (url) => window.location.assign(url),
  show: (url) => window.history.replaceState(window.history.state, "", url),
  isBack: () => {
    const entries = window.performance.getEntriesByType("navigation") as Array<PerformanceNavigationTiming>
    return entries[0]?.type === "back_forward"
  },
  pending: () => window.sessionStorage,
  isOnline: () => window.navigator.onLine,
  isVisible: () => !window.document.hidden,
  listen: (listener) => {
    const ended = new AbortController()
    const on = (target: EventTarget, type: string, handle: (event: Partial<PageTransitionEvent>) => void) =>
      target.addEventListener(type, handle, { signal: ended.signal })
    const woken = ({ persisted }: Partial<PageTransitionEvent>): void => {
      if (!window.document.hidden) void listener(persisted ? "back" : "woken")
    }
    on(window, "offline", () => void listener("lost"))
    on(window, "online", woken)
    on(window, "pageshow", woken)
    on(window.document, "visibilitychange", woken)
    return () => ended.abort()
  },
})
