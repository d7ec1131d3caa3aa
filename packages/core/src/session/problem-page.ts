/** An answer that tells a person, or a program, why something did not happen. */
export interface ProblemPage {
  readonly contentType: string
  readonly body: string
}

export interface Problem {
  readonly status: number
  readonly title: string
  /** One sentence; nothing of a token, a code or a cookie in it. */
  readonly detail: string
  readonly code: string
  /** Where a person can try again: a path. */
  readonly again?: string | undefined
}

/**
 * A page for browsers that ask for one, else a problem document.
 *
 * @param accept the request's header
 * @see RFC 9457 §3
 */
export const problemPage = (problem: Problem, accept: string | null): ProblemPage => {
  if (accept?.toLowerCase().includes("text/html") === true) {
    return { contentType: "text/html; charset=utf-8", body: htmlOf(problem) }
  }
  return { contentType: "application/problem+json", body: JSON.stringify({ type: "about:blank", ...problem }) }
}

const htmlOf = ({ title, detail, code, again }: Problem): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>${escaped(title)}</title>
  </head>
  <body>
    <main>
      <h1>${escaped(title)}</h1>
      <p>${escaped(detail)}</p>
      ${again === undefined ? "" : `<p><a href="${escaped(again)}">Sign in again</a></p>`}
      <p><small>${escaped(code)}</small></p>
    </main>
  </body>
</html>
`

const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")
