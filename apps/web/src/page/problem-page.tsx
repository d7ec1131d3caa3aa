import type { WebProblem } from "@bearerkit/hono"

/** Why something did not happen. */
export const ProblemPage = ({ problem: { status, title, detail, code, again } }: { readonly problem: WebProblem }) => (
  <section class="hero" role="alert">
    <h1>{title}</h1>
    <p>{detail}</p>
    <p>
      <a class="button" href={again ?? "/"}>
        {again === undefined ? "Go to the start" : "Sign in again"}
      </a>
    </p>
    <p class="note">
      <code>
        {String(status)} {code}
      </code>
    </p>
  </section>
)
