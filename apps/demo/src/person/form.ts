/** Who somebody is, as the issuer's login page asks for it. */
export interface Credentials {
  readonly username: string
  readonly password: string
}

/** The first form of a page. */
export interface Form {
  readonly action: string
  /** What a person sends: the fields as they are, and who they are where that is asked. */
  readonly fill: (credentials: Credentials) => URLSearchParams
}

/** Finds the form on a page, if there is one. */
export const formOf = (page: string): Form | undefined => {
  const [, tag = "", content = ""] = /<form([^>]*)>([\s\S]*?)<\/form>/i.exec(page) ?? []
  const action = attribute(tag, "action")
  if (action === undefined) return undefined
  return {
    action,
    fill: (credentials) => {
      const fields = new URLSearchParams()
      for (const [input] of content.matchAll(/<input[^>]*>/gi)) {
        const name = attribute(input, "name")
        if (name !== undefined) fields.set(name, attribute(input, "value") ?? "")
      }
      for (const [name, value] of Object.entries(credentials)) if (fields.has(name)) fields.set(name, value)
      const connection = /<option[^>]*>([^<]*)<\/option>/i.exec(content)?.[1]
      if (connection !== undefined) fields.set("connection", unescaped(connection))
      return fields
    },
  }
}

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
