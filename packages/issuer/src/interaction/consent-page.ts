import type { Interaction } from "oidc-provider"

import { missingScopes } from "./consent.ts"
import { html, page } from "./page.ts"

/** The page that asks for consent to an application's request. */
export const consentPage = (application: string, interaction: Interaction): string => {
  const scopes = missingScopes(interaction)
  return page(
    "Allow access",
    html`<p><strong>${application}</strong> asks for:</p>
      <ul>
        ${scopes.map((scope) => html`<li>${scope}</li>`)}
      </ul>
      <form method="post" action="/interaction/${interaction.uid}/consent">
        <button type="submit" autofocus>Allow</button>
        <button type="submit" formaction="/interaction/${interaction.uid}/abort">Refuse</button>
      </form>`,
  )
}
