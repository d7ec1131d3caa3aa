import type { Client, ErrorOut, KoaContextWithOIDC } from "oidc-provider"

import { html, type Html, page, PAGE_HEADERS } from "./page.ts"

type AskedForCode = readonly [form: string, out?: ErrorOut, error?: Error]
type ConfirmedDevice = readonly [form: string, client: Client, info: object, userCode: string]

/** Asks a person for the code that their device shows (RFC 8628 §3.3). */
export const askForUserCode = (ctx: KoaContextWithOIDC, ...[, , error]: AskedForCode): void => {
  if (error !== undefined) ctx.status = 400
  show(
    ctx,
    "Connect a device",
    html`${error === undefined ? "" : html`<p role="alert">${PROBLEMS.get(error.name) ?? "This did not work."}</p>`}
      <form method="post" action="${ctx.oidc.urlFor("code_verification")}">
        ${hidden("xsrf", secretOf(ctx))}
        <label for="user_code">Code shown on the device</label>
        <input id="user_code" name="user_code" required autofocus autocomplete="off" autocapitalize="characters" />
        <button type="submit">Continue</button>
      </form>`,
  )
}

const PROBLEMS: ReadonlyMap<string, string> = new Map([
  ["NoCodeError", "Give the code that the device shows."],
  ["NotFoundError", "There is no such code. Look again at the device."],
  ["ExpiredError", "This code has expired. Start again on the device."],
  ["AlreadyUsedError", "This code was used already. Start again on the device."],
  ["AbortedError", "The device was refused."],
])

/** Asks whether it is the person's own device: a code can come from somebody else (RFC 8628 §5.4). */
export const confirmDevice = (ctx: KoaContextWithOIDC, ...[, client, , userCode]: ConfirmedDevice): void =>
  show(
    ctx,
    "Is this your device?",
    html`<p><strong>${client.clientName ?? client.clientId}</strong> wants to be connected. It shows this code:</p>
      <p><strong>${userCode}</strong></p>
      <p>If you did not start this, or the code is another one, refuse.</p>
      <form method="post" action="${ctx.oidc.urlFor("code_verification")}">
        ${hidden("xsrf", secretOf(ctx))}${hidden("user_code", userCode)}${hidden("confirm", "yes")}
        <button type="submit">Continue</button>
        <button type="submit" name="abort" value="yes">Refuse</button>
      </form>`,
  )

export const showDeviceDone = (ctx: KoaContextWithOIDC): void =>
  show(ctx, "Connected", html`<p role="status">The device is connected. You can close this page.</p>`)

const show = (ctx: KoaContextWithOIDC, title: string, content: Html): void => {
  ctx.set(PAGE_HEADERS)
  ctx.body = page(title, content)
}

const hidden = (name: string, value: string): Html => html`<input type="hidden" name="${name}" value="${value}" />`

const secretOf = ({ oidc }: KoaContextWithOIDC): string => String(oidc.session?.state?.["secret"] ?? "")
