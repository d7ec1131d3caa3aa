import { globSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** The programs of a page, in their order. */
export const programsOf = async (page: string): Promise<ReadonlyArray<string>> => {
  const text = await readFile(`${root}/${page}`, "utf8")
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, program = ""]) => program)
}

/** Every page that may have programs. */
export const allPages = (): ReadonlyArray<string> =>
  globSync(["*.md", "docs/**/*.md", "{apps,packages}/*/README.md"], { cwd: root }).toSorted()

/** A first screen: what a page shows first, to be pasted into an empty folder. */
export interface FirstScreen {
  readonly page: string
  readonly program: string
  /** What it prints. */
  readonly prints: RegExp
}

const prints: Readonly<Record<string, RegExp>> = {
  "README.md": /^200 The token has \d{3} characters\.$/m,
  "packages/node/README.md": /^A token for read until \d+$/m,
  "packages/core/README.md": /^A token for read until \d+$/m,
  "packages/hono/README.md":
    /^\/orders\/mine 200 .*"ada"[^]*^\/orders\/all 403 [^]*^\/orders\/all 200 .*"grace"[^]*^\/orders\/mine 401 /m,
  "packages/issuer/README.md": /^http:\/\/127\.0\.0\.1:\d+ /m,
}

/** Those that keep running: they print an address, and who can sign in there. */
const serves: Readonly<Record<string, RegExp>> = {
  "docs/web-login.md": /^Open (\S+) and sign in as (\S+) with the password (.+)$/m,
}

const screensOf = (pages: typeof prints): Promise<ReadonlyArray<FirstScreen>> =>
  Promise.all(
    Object.entries(pages).map(async ([page, prints]) => {
      const [program = ""] = await programsOf(page)
      return { page, program, prints }
    }),
  )

export const firstScreens = (): Promise<ReadonlyArray<FirstScreen>> => screensOf(prints)

export const firstServers = (): Promise<ReadonlyArray<FirstScreen>> => screensOf(serves)
