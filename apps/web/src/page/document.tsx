import type { User } from "@bearerkit/hono"
import { html } from "hono/html"
import type { Child } from "hono/jsx"

export interface PageOptions {
  readonly title: string
  /** Which of the main pages it is. */
  readonly path?: string
  /** Who is signed in. */
  readonly user?: User | undefined
}

/** A page of the application. */
export const page = (options: PageOptions, content: Child) =>
  html`<!doctype html>${<Document {...options}>{content}</Document>}`

const Document = ({ title, path, user, children }: PageOptions & { readonly children: Child }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${title} · BearerKit demo`}</title>
      <link rel="stylesheet" href="/style.css" />
      <link rel="icon" href="/icon.svg" />
    </head>
    <body>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="bar">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="28" height="28" />
          BearerKit demo
        </a>
        {user !== undefined && <Navigation path={path} user={user} />}
      </header>
      <main id="content" tabindex={-1}>
        {children}
      </main>
      <footer>For development and tests. No page here has a token in it, and none runs a script.</footer>
    </body>
  </html>
)

const Navigation = ({ path, user }: { readonly path: string | undefined; readonly user: User }) => (
  <>
    <nav aria-label="Main">
      <ul>
        {links.map(([href, text]) => (
          <li>
            <a href={href} aria-current={href === path ? "page" : undefined}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
    <form method="post" action="/logout">
      <span class="who">{user.name ?? user.subject}</span>
      <button type="submit">Sign out</button>
    </form>
  </>
)

const links = [
  ["/", "You"],
  ["/api", "Call the API"],
  ["/on-behalf-of", "On your behalf"],
] as const
