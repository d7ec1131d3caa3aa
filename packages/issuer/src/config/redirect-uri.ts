import { AUTHORIZATION_CODE, IMPLICIT } from "../grant/grant-type.ts"
import type { Section } from "./section.ts"
import { readUrls } from "./session.ts"

/** The kinds of OpenID Connect Dynamic Client Registration §2. */
export type ApplicationType = "web" | "native"

interface Application {
  readonly grants: ReadonlySet<string>
  readonly redirectUris: ReadonlyArray<string>
}

export const applicationType = (application: Application): ApplicationType =>
  isNative(application) || usesImplicitLocally(application) ? "native" : "web"

// OpenID Connect forbids implicit responses to http addresses of web applications; a page under development has one.
const usesImplicitLocally = ({ grants, redirectUris }: Application): boolean =>
  grants.has(IMPLICIT) && redirectUris.some((uri) => new URL(uri).protocol === "http:")

/** Of a native app any loopback port is accepted (RFC 8252 §7.3), and a scheme of its own; it is asked for consent each time. */
export const isNative = ({ redirectUris }: Pick<Application, "redirectUris">): boolean =>
  redirectUris.length > 0 &&
  redirectUris.every((uri) => {
    const { protocol, hostname, port } = new URL(uri)
    if (protocol === "https:") return false
    return protocol !== "http:" || (port === "" && LOOPBACK.has(hostname))
  })

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"])

/** Schemes that run or show something in the browser instead of going back to an app. */
const NO_APP = new Set(["javascript:", "vbscript:", "data:", "blob:", "file:", "about:"])

export const readRedirectUris = (section: Section, grants: ReadonlySet<string>): ReadonlyArray<string> => {
  const uris = readUrls(section, "redirectUris")
  const needing = [AUTHORIZATION_CODE, IMPLICIT].find((grant) => grants.has(grant))
  if (uris.length === 0 && needing !== undefined) {
    section.fail("redirectUris", `is missing; the grant ${needing} needs one`)
  }
  return uris
}

/** Refuses redirect URIs that oidc-provider would refuse with its own message. */
export const checkAddresses = (
  section: Section,
  { logoutUrls, ...application }: Application & { readonly logoutUrls: ReadonlyArray<string> },
): void => {
  const problemOf = applicationType(application) === "native" ? nativeProblem : webProblem(application.grants)
  for (const [name, urls] of Object.entries({ redirectUris: application.redirectUris, logoutUrls })) {
    for (const [index, url] of urls.entries()) {
      const problem = problemOf(new URL(url))
      if (problem !== undefined) section.fail(`${name}[${index}]`, problem)
    }
  }
}

const nativeProblem = ({ protocol, hostname }: URL): string | undefined => {
  if (protocol === "http:" && !LOOPBACK.has(hostname)) {
    return "must be https, or http at localhost, 127.0.0.1 or [::1] (loopback)"
  }
  if (protocol === "https:" && LOOPBACK.has(hostname)) {
    return `must not be https at ${hostname} beside addresses of a local page or an app; use http there`
  }
  if (NO_APP.has(protocol)) return `must not have the scheme ${protocol.slice(0, -1)}; give the app a scheme of its own`
  return undefined
}

const webProblem =
  (grants: ReadonlySet<string>) =>
  ({ protocol, hostname }: URL): string | undefined => {
    if (protocol !== "https:" && protocol !== "http:") {
      return "must be https or http; an app with a scheme of its own and without web addresses is a client of its own"
    }
    if (!grants.has(IMPLICIT)) return undefined
    if (protocol === "http:") return "must be https, as the redirectUris of this client with the grant implicit are"
    if (hostname === "localhost") return "must not be https at localhost with the grant implicit; use http there"
    return undefined
  }
