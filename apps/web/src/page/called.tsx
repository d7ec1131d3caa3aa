import type { Claims } from "@bearerkit/hono"
import { ClaimTable } from "./claim-table.tsx"

/** What the API has answered to a call with the person's own token. */
export const Called = ({ url, claims }: { readonly url: string; readonly claims: Claims }) => (
  <section class="card">
    <h1>The API let you in</h1>
    <p>
      This application called <code>{url}</code> with your access token. The API checked who signed it, whom it is for
      and when it ends, and answered what it read:
    </p>
    <ClaimTable caption="What the API read in your token" claims={claims} />
  </section>
)
