/**
 * A problem document.
 *
 * @see RFC 9457 §3
 */
export interface Problem {
  readonly type: "about:blank"
  /** The status in words. */
  readonly title: string
  readonly status: number
  readonly detail: string
  /** The code of the challenge, if there is one. */
  readonly error?: string
}

/** A body and its media type. */
export interface ProblemBody {
  readonly contentType: string
  readonly body: string
}

/** The problem as JSON, or as a line of text if the client prefers that. */
export const problemBody = (problem: Problem, accept: string | null): ProblemBody =>
  prefersText(accept ?? "")
    ? { contentType: "text/plain; charset=utf-8", body: `${problem.title}: ${problem.detail}\n` }
    : { contentType: "application/problem+json", body: JSON.stringify(problem) }

const prefersText = (accept: string): boolean => {
  const ranges = accept.slice(0, 1000).toLowerCase().split(",").map(rangeOf)
  const best = (pattern: RegExp) =>
    ranges.reduce((most, { range, weight }) => (pattern.test(range) ? Math.max(most, weight) : most), 0)
  return best(/^text\/(?:plain|html|\*)$/) > best(/^application\/(?:problem\+json|json|\*)$/)
}

/** RFC 9110 §12.4.2 */
const rangeOf = (text: string): { readonly range: string; readonly weight: number } => {
  const [range = "", ...params] = text.split(";").map((part) => part.trim())
  const q = params.find((param) => param.startsWith("q="))?.slice(2)
  return { range, weight: q === undefined ? 1 : Number(q) || 0 }
}
