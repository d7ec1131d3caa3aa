import type { Claims, User } from "@bearerkit/hono"
import { ClaimTable } from "./claim-table.tsx"

interface OnBehalfProps {
  readonly url: string
  readonly claims: Claims
  readonly user: User
}

/** What the first API has seen, when the second one called it on the person's behalf. */
export const OnBehalf = ({ url, claims, user: { subject, name = subject } }: OnBehalfProps) => (
  <>
    <section class="card">
      <h1>It was called on your behalf</h1>
      <p>
        This application traded your token for one that <code>{new URL(url).origin}</code> accepts. That API traded it
        once more, and called the first one. Nobody borrowed anything: each trade left a trace, and the token is still
        about you.
      </p>
      <ol class="chain" aria-label="Who acts for whom">
        <li>
          <strong>{name}</strong> signed in
        </li>
        {actorsOf(claims)
          .toReversed()
          .map((actor) => (
            <li>
              <strong data-actor>{actor}</strong> acts for {name}
            </li>
          ))}
        <li>
          <strong>{audienceOf(claims)}</strong> saw them all
        </li>
      </ol>
    </section>
    <section class="card">
      <h2>What the last API read</h2>
      <ClaimTable caption="What the last API read in the token" claims={claims} />
    </section>
  </>
)

/** The current actor first (RFC 8693 §4.1). */
const actorsOf = ({ act }: { readonly act?: unknown }): ReadonlyArray<string> =>
  typeof act === "object" && act !== null ? [String("sub" in act ? act.sub : "somebody"), ...actorsOf(act)] : []

const audienceOf = ({ aud }: Claims): string => [aud ?? "The API"].flat().join(", ")
