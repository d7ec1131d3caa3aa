import type { KoaContextWithOIDC } from "oidc-provider"

import { html, page, PAGE_HEADERS } from "./page.ts"

/** Asks a person whether to log out (OpenID Connect RP-Initiated Logout §2): anybody can send them here. */
export const askForLogout = (ctx: KoaContextWithOIDC): void => {
  const secret = String(ctx.oidc.session?.state?.["secret"] ?? "")
  const application = ctx.oidc.client?.clientName ?? ctx.oidc.client?.clientId
  ctx.set(PAGE_HEADERS)
  ctx.body = page(
    "Log out",
    html`<p>
        ${application === undefined ? "An application" : html`<strong>${application}</strong>`} asks you to log out.
      </p>
      <form method="post" action="${ctx.oidc.urlFor("end_session_confirm")}">
        <input type="hidden" name="xsrf" value="${secret}" />
        <button type="submit" name="logout" value="yes" autofocus>Log out</button>
        <button type="submit">Stay logged in</button>
      </form>`,
  )
}

export const showLoggedOut = (ctx: KoaContextWithOIDC): void => {
  ctx.set(PAGE_HEADERS)
  ctx.body = page("Logged out", html`<p role="status">You are logged out. You can close this page.</p>`)
}
