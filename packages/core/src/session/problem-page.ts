/** An error for a person or a program. */
export interface ProblemPage {
  readonly contentType: string
  readonly body: string
}

/** What a person is told who cannot go on. */
export interface Problem {
  readonly status: number
  readonly title: string
  /** One sentence, without any token, code or cookie. */
  readonly detail: string
  readonly code: string
  /** The path where a person can try again. */
  readonly again?: string | undefined
}

/**
 * A page for clients that accept HTML, else a problem document.
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
