import type { ServerResponse } from "node:http"

import type { LoginFailure } from "../protection/login-failure.ts"
import { html, page, PAGE_HEADERS } from "./page.ts"

/** A page as it is sent. */
export interface Shown {
  readonly markup: string
  /** @default 200 */
  readonly status?: 400 | 404 | 413 | LoginFailure["status"]
  readonly headers?: Readonly<Record<string, string>>
}

export const sendPage = (response: ServerResponse, { markup, status, headers }: Shown): void => {
  response.writeHead(status ?? 200, { ...PAGE_HEADERS, ...headers })
  response.end(markup)
}

export const sendProblem = (response: ServerResponse, status: 400 | 404 | 413, text: string): void =>
  sendPage(response, { status, markup: page("This did not work", html`<p role="alert">${text}</p>`) })
