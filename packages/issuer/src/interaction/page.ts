import { createHash } from "node:crypto"

import type { ErrorOut, KoaContextWithOIDC } from "oidc-provider"

const STYLE = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 3rem auto; padding: 0 1rem; color: #1b1b1b }
  label { display: block; margin-top: 1rem; font-weight: 600 }
  input, select { width: 100%; box-sizing: border-box; padding: .5rem; font: inherit }
  button { margin: 1.5rem .5rem 0 0; padding: .5rem 1rem; font: inherit }
  [role=alert] { color: #a40000; font-weight: 600 }
  footer { margin-top: 3rem; font-size: .85rem; color: #555 }`

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

/** What a browser sees when an authorization request cannot be answered to the client. */
export const showError = (ctx: KoaContextWithOIDC, out: ErrorOut): void => {
  ctx.set(PAGE_HEADERS)
  const description = out.error_description ?? "the request could not be answered"
  ctx.body = page("This did not work", html`<p role="alert">${out.error}: ${description}</p>`)
}
