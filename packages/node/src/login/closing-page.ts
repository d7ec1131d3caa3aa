/** The page that the browser shows at the end; it contains nothing of the callback. */
export interface ClosingPage {
  readonly status: number
  readonly title: string
  readonly text: string
}

export const signedIn: ClosingPage = {
  status: 200,
  title: "You are signed in",
  text: "You can close this window and go back to the program.",
}

export const notSignedIn: ClosingPage = {
  status: 400,
  title: "You are not signed in",
  text: "The program says why. You can close this window.",
}

export const notWaitedFor: ClosingPage = {
  status: 400,
  title: "Nobody waits for this answer",
  text: "It does not belong to the login that is under way. You can close this window.",
}

/** The headers that keep the page from loading, leaking or caching anything. */
export const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  connection: "close",
} as const

export const htmlOf = ({ title, text }: ClosingPage): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>\n`
