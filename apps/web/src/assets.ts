import { Hono } from "hono"
import { readFileSync } from "node:fs"

/** What the pages load. */
export const assets = (): Hono => {
  const app = new Hono()
  for (const [name, type] of files) {
    const content = readFileSync(new URL(`../public/${name}`, import.meta.url), "utf8")
    app.get(`/${name}`, (c) => c.body(content, 200, { "content-type": type, "cache-control": "public, max-age=60" }))
  }
  return app
}

const files = [
  ["style.css", "text/css; charset=utf-8"],
  ["icon.svg", "image/svg+xml"],
] as const
