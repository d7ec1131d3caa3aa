import { loadPages } from "./tsx.ts"

loadPages()

export const { makeWeb } = await import("./web.tsx")
export type { Web, WebOptions } from "./web.tsx"
export { openSite, type Site } from "./site.ts"
