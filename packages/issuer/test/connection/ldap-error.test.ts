import { BusyError, InvalidCredentialsError, NoSuchObjectError, TimeLimitExceededError, UnavailableError } from "ldapts"
import { describe, expect, test } from "vitest"

import { type LdapStep, toLoginError } from "../../src/connection/ldap-error.ts"
import { failureOf } from "../../src/protection/login-failure.ts"

const WRONG = "Wrong email or password."

/** As Active Directory sends it with result code 49. */
const diagnostic = (data: string): InvalidCredentialsError =>
  new InvalidCredentialsError(
    `80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data ${data}, v4563\0`,
  )

describe("sub-codes of Active Directory", () => {
  test.each([
    ["525", "InvalidCredentials", "invalid_user_password", WRONG],
    ["52e", "InvalidCredentials", "invalid_user_password", WRONG],
    ["52E", "InvalidCredentials", "invalid_user_password", WRONG],
    ["530", "LogonNotPermitted", "unauthorized", "logon is not permitted now or from here"],
    ["531", "LogonNotPermitted", "unauthorized", "logon is not permitted now or from here"],
    ["532", "PasswordExpired", "unauthorized", "the password has expired"],
    ["533", "AccountDisabled", "unauthorized", "the account is disabled"],
    ["534", "LogonNotPermitted", "unauthorized", "logon is not permitted now or from here"],
    ["701", "AccountExpired", "unauthorized", "the account has expired"],
    ["773", "PasswordChangeRequired", "unauthorized", "the password must be changed first"],
    ["775", "AccountLocked", "invalid_user_password", WRONG],
    ["57", "InvalidCredentials", "invalid_user_password", WRONG],
  ])("data %s is %s", (data, reason, error, description) => {
    const loginError = toLoginError(diagnostic(data), "user bind")
    expect(loginError.reason).toBe(reason)
    expect(failureOf(loginError.reason)).toMatchObject({ status: 401, error, description })
  })

  test("no sub-code, as OpenLDAP answers, is a wrong password", () => {
    expect(toLoginError(new InvalidCredentialsError(""), "user bind").reason).toBe("InvalidCredentials")
  })
})

describe("what is not the person's fault is no wrong password", () => {
  test.each<[string, unknown, LdapStep, string]>([
    ["busy", new BusyError(), "user bind", "DirectoryUnavailable"],
    ["unavailable", new UnavailableError(), "user bind", "DirectoryUnavailable"],
    ["time limit", new TimeLimitExceededError(), "search", "DirectoryUnavailable"],
    ["the service account is refused", diagnostic("52e"), "service bind", "DirectoryMisconfigured"],
    ["the base does not exist", new NoSuchObjectError(), "search", "DirectoryMisconfigured"],
    ["nobody listens", Object.assign(new Error("x"), { code: "ECONNREFUSED" }), "service bind", "DirectoryUnavailable"],
    [
      "a foreign CA",
      Object.assign(new Error("x"), { code: "SELF_SIGNED_CERT_IN_CHAIN" }),
      "connect",
      "DirectoryMisconfigured",
    ],
    [
      "a foreign name",
      Object.assign(new Error("x"), { code: "ERR_TLS_CERT_ALTNAME_INVALID" }),
      "connect",
      "DirectoryMisconfigured",
    ],
    ["anything else", "odd", "search", "DirectoryUnavailable"],
  ])("%s", (_case, error, step, reason) => {
    const loginError = toLoginError(error, step)
    expect(loginError.reason).toBe(reason)
    expect(failureOf(loginError.reason)).toMatchObject({ status: 503, error: "temporarily_unavailable" })
  })
})
