/** Who somebody is, as the issuer's pages ask for it, and what they answer. */
export interface PersonAnswers {
  readonly username: string
  readonly password: string
  /** @default agree */
  readonly consent?: "agree" | "refuse"
}

/** A form that somebody has filled in. */
export interface FilledForm {
  readonly action: string
  readonly fields: URLSearchParams
}

/** Fills in the first form of a page, if there is one, and presses its first button. */
export const fillForm = (page: string, { username, password, consent }: PersonAnswers): FilledForm | undefined => {
  const [, tag = "", content = ""] = /<form([^>]*)>([\s\S]*?)<\/form>/i.exec(page) ?? []
  const action = attribute(tag, "action")
  if (action === undefined) return undefined
  const fields = new URLSearchParams()
  for (const [input] of content.matchAll(/<input[^>]*>/gi)) {
    const name = attribute(input, "name")
    if (name !== undefined) fields.set(name, attribute(input, "value") ?? "")
  }
  for (const name of ["username", "login"]) if (fields.has(name)) fields.set(name, username)
  if (fields.has("password")) fields.set("password", password)
  const connection = /<option[^>]*>([^<]*)<\/option>/i.exec(content)?.[1]
  if (connection !== undefined) fields.set("connection", unescaped(connection))
  const button = /<button[^>]*>/i.exec(content)?.[0] ?? ""
  const pressed = attribute(button, "name")
  if (pressed !== undefined) fields.set(pressed, attribute(button, "value") ?? "")
  const refused = consent === "refuse" ? attribute(content, "formaction") : undefined
  return { action: refused ?? action, fields }
}

/** What a page says. */
export const textOf = (page: string): string =>
  page
    .replace(/<(head|style)[\s\S]*?<\/\1>|<[^>]*>/gi, " ")
    .replace(/\s+/g, " ")
    .trim()

const attribute = (markup: string, name: string): string | undefined => {
  const value = new RegExp(`\\s${name}="([^"]*)"`, "i").exec(markup)?.[1]
  return value === undefined ? undefined : unescaped(value)
}

const unescaped = (text: string): string =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
