import type { Interaction } from "oidc-provider"

import type { Context } from "../context.ts"
import { html, page } from "./page.ts"

/** The form for connection, user name and password. */
export const loginPage = ({ directory }: Context, { uid, params }: Interaction, problem?: string): string => {
  const connections = directory.connections.filter(({ disabled }) => !disabled)
  const hint = typeof params["login_hint"] === "string" ? params["login_hint"] : ""
  return page(
    "Log in",
    html`<p>To go on to <strong>${String(params["client_id"])}</strong></p>
      ${problem === undefined ? "" : html`<p role="alert">${problem}</p>`}
      <form method="post" action="/interaction/${uid}/login">
        <label for="connection">Directory</label>
        <select id="connection" name="connection">
          ${connections.map(({ name }) => html`<option>${name}</option>`)}
        </select>
        <label for="username">User name or e-mail address</label>
        <input id="username" name="username" value="${hint}" required autofocus autocomplete="username" />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" required autocomplete="current-password" />
        <button type="submit">Log in</button>
        <button type="submit" formaction="/interaction/${uid}/abort" formnovalidate>Cancel</button>
      </form>`,
  )
}
