import { createHash } from "node:crypto"

import type { ErrorOut, KoaContextWithOIDC } from "oidc-provider"

const STYLE = `
  :root { color-scheme: light dark; --text: #17211e; --quiet: #55605c; --page: #f3f6f5; --card: #fff; --line: #8a9691; --go: #0f6b56; --on-go: #fff; --bad: #a40000 }
  @media (prefers-color-scheme: dark) { :root { --text: #e9efed; --quiet: #a5b2ad; --page: #101614; --card: #1a2220; --line: #71807a; --go: #57c4a8; --on-go: #08211a; --bad: #ff9b93 } }
  * { box-sizing: border-box }
  body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; padding: clamp(1rem, 8vh, 5rem) 1rem 1rem; color: var(--text); background: var(--page) }
  main { max-width: 25rem; margin: auto; padding: 1.75rem 2rem 2rem; background: var(--card); border-radius: 1rem; box-shadow: 0 1px 3px #0003 }
  h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25 }
  label { display: block; margin-top: 1rem; font-weight: 600 }
  input, select { width: 100%; margin-top: .25rem; padding: .6rem .7rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .5rem }
  button { margin: 1.5rem .5rem 0 0; padding: .6rem 1.2rem; font: inherit; font-weight: 600; color: inherit; background: none; border: 1px solid var(--line); border-radius: .5rem; cursor: pointer }
  button:first-of-type { color: var(--on-go); background: var(--go); border-color: var(--go) }
  :focus-visible { outline: 3px solid var(--go); outline-offset: 2px }
  [role=alert] { color: var(--bad); font-weight: 600 }
  footer { max-width: 25rem; margin: 1.5rem auto; font-size: .85rem; text-align: center; color: var(--quiet) }`

const HASH = createHash("sha256").update(STYLE).digest("base64")

/** Keeps a page from running scripts, being framed or being stored. */
export const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${HASH}'; base-uri 'none'; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
}

/** Markup in which every inserted text was escaped. */
export class Html {
  readonly markup: string
  constructor(markup: string) {
    this.markup = markup
  }
}

// One piece, because the policy allows these very characters.
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`)

type Insertable = string | Html | ReadonlyArray<Html>

export const html = (parts: TemplateStringsArray, ...values: ReadonlyArray<Insertable>): Html =>
  new Html(parts.map((part, index) => part + markupOf(values[index] ?? "")).join(""))

const markupOf = (value: Insertable): string => {
  if (typeof value === "string") return escape(value)
  return value instanceof Html ? value.markup : value.map((item) => item.markup).join("")
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)

export const page = (title: string, content: Html): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
        <footer>BearerKit issuer, for development and tests only.</footer>
      </body>
    </html>`.markup

/** The error page for an authorization request that cannot be answered to the client. */
export const showError = (ctx: KoaContextWithOIDC, out: ErrorOut): void => {
  ctx.set(PAGE_HEADERS)
  const description = out.error_description ?? "the request could not be answered"
  ctx.body = page("This did not work", html`<p role="alert">${out.error}: ${description}</p>`)
}
