import { type BrowserClient, createBrowserClient, webSessionStorage } from "../../packages/browser/src/index.ts"

/** What a page ships that keeps its tokens for the tab: code + PKCE, memory and session storage, tabs, status. */
export const connect = (issuer: string): BrowserClient =>
  createBrowserClient({ issuer, clientId: "spa", redirectUri: location.origin, storage: webSessionStorage() })
