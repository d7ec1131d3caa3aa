import type { ClientAuthMethod } from "./client-auth.ts"
import type { Section } from "./section.ts"

/** How a client logs people in and out, and keeps them logged in. */
export interface SessionConfig {
  /** A new refresh token at every use (RFC 9700 §4.14); a public client's always rotate. @default true */
  readonly rotateRefreshTokens?: boolean
  /** Authorization requests of this client must be pushed first (RFC 9126 §6). @default false */
  readonly requirePushedAuthorizationRequests?: boolean
  /** Where a person may be sent after the logout: `post_logout_redirect_uri`, and `returnTo` of `/v2/logout`. */
  readonly logoutUrls?: ReadonlyArray<string>
  /**
   * The URL that receives a logout token when a person has logged out here (OpenID Connect Back-Channel Logout §2.2).
   */
  readonly backChannelLogoutUrl?: string
}

export interface Session {
  readonly rotateRefreshTokens: boolean
  readonly requirePushedAuthorizationRequests: boolean
  readonly logoutUrls: ReadonlyArray<string>
  readonly backChannelLogoutUrl: string | undefined
}

export const SESSION_FIELDS = [
  "rotateRefreshTokens",
  "requirePushedAuthorizationRequests",
  "logoutUrls",
  "backChannelLogoutUrl",
]

export const readSession = (section: Section, auth: ClientAuthMethod): Session => {
  const rotate = section.flag("rotateRefreshTokens", true)
  if (!rotate && auth === "none") section.fail("rotateRefreshTokens", "must be true for a client without credentials")
  return {
    rotateRefreshTokens: rotate,
    requirePushedAuthorizationRequests: section.flag("requirePushedAuthorizationRequests"),
    logoutUrls: readUrls(section, "logoutUrls"),
    backChannelLogoutUrl: readBackChannel(section),
  }
}

const readBackChannel = (section: Section): string | undefined => {
  const url = section.optionalText("backChannelLogoutUrl")
  const parsed = url === undefined ? undefined : URL.parse(url)
  if (url !== undefined && (!/^https?:$/.test(parsed?.protocol ?? "") || url.includes("#"))) {
    section.fail("backChannelLogoutUrl", "must be an absolute https or http URL without fragment")
  }
  return url
}

export const readUrls = (section: Section, name: string): ReadonlyArray<string> => {
  const urls = section.texts(name)
  for (const [index, url] of urls.entries()) {
    if (!URL.canParse(url) || url.includes("#")) {
      section.fail(`${name}[${index}]`, "must be an absolute URL without fragment")
    }
  }
  return urls
}
