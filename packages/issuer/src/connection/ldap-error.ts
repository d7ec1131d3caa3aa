import { ResultCodeError } from "ldapts"

import { LoginError, type LoginErrorReason } from "./login-error.ts"

/** The step at which the directory said no: the same result code means different things. */
export type LdapStep = "connect" | "service bind" | "search" | "user bind"

/** Active Directory's sub-codes of result code 49, in `data 52e` of the diagnostic message. */
const AD_SUB_CODES: Readonly<Record<string, LoginErrorReason>> = {
  "525": "InvalidCredentials",
  "52e": "InvalidCredentials",
  "530": "LogonNotPermitted",
  "531": "LogonNotPermitted",
  "532": "PasswordExpired",
  "533": "AccountDisabled",
  "534": "LogonNotPermitted",
  "701": "AccountExpired",
  "773": "PasswordChangeRequired",
  "775": "AccountLocked",
}

const TIME_LIMIT = 3
const BUSY = 51
const UNAVAILABLE = 52
const OUTAGES = new Set([TIME_LIMIT, BUSY, UNAVAILABLE])

const NO_SUCH_OBJECT = 32
const INAPPROPRIATE_AUTHENTICATION = 48
const INVALID_CREDENTIALS = 49
const WRONG_PASSWORD = new Set([NO_SUCH_OBJECT, INAPPROPRIATE_AUTHENTICATION, INVALID_CREDENTIALS])

/** Converts an error of LDAP; the message never contains a name or a password. */
export const toLoginError = (error: unknown, step: LdapStep): LoginError => {
  if (error instanceof LoginError) return error
  if (!(error instanceof ResultCodeError)) return fromTransport(error, step)
  const code = `LDAP result code ${error.code}`
  if (OUTAGES.has(error.code)) return new LoginError("DirectoryUnavailable", `${step}: ${code}`)
  if (step === "user bind" && WRONG_PASSWORD.has(error.code)) return fromUserBind(error.message)
  return new LoginError("DirectoryMisconfigured", `${step}: ${code}${HINTS[step]}`)
}

const fromUserBind = (diagnostic: string): LoginError => {
  const subCode = /data ([0-9a-f]+), v[0-9a-f]+/i.exec(diagnostic)?.[1]?.toLowerCase()
  const reason = (subCode === undefined ? undefined : AD_SUB_CODES[subCode]) ?? "InvalidCredentials"
  return new LoginError(reason, subCode === undefined ? reason : `${reason} (data ${subCode})`)
}

const HINTS: Readonly<Record<LdapStep, string>> = {
  connect: "; does the server offer StartTLS?",
  "service bind": "; check bindDn and bindPassword",
  search: "; check base and filter",
  "user bind": "",
}

const fromTransport = (error: unknown, step: LdapStep): LoginError => {
  const code = error instanceof Error && "code" in error ? String(error.code) : ""
  if (/CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(code)) {
    return new LoginError("DirectoryMisconfigured", `${step}: ${code}; check ca and the host name in url`)
  }
  return new LoginError("DirectoryUnavailable", `${step}: ${code || "connection failed"}`)
}
