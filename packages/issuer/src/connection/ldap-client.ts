import { connect, type Socket } from "node:net"
import { connect as connectTls, type TLSSocket } from "node:tls"

import { Client } from "ldapts"

import type { Ldap } from "../config/connection.ts"
import { type LdapStep, toLoginError } from "./ldap-error.ts"
import { LoginError } from "./login-error.ts"

/** One encrypted (if so configured) connection, used for one purpose and then closed. */
export interface LdapClient {
  readonly client: Client
  /** Runs one operation within its time; a failure is a `LoginError` in the words of its step. */
  readonly step: <Value>(step: LdapStep, run: () => Promise<Value>) => Promise<Value>
}

/** Opens a connection, hands it over and closes it, whatever happens. */
export const withClient = async <Value>(config: Ldap, use: (opened: LdapClient) => Promise<Value>): Promise<Value> => {
  const { timeouts } = config
  const limits = {
    connect: timeouts.connect,
    "service bind": timeouts.bind,
    search: timeouts.search,
    "user bind": timeouts.bind,
  }
  const client = makeClient(config)
  const step: LdapClient["step"] = async (name, run) => {
    try {
      return await within(limits[name], run())
    } catch (error) {
      throw toLoginError(error, name)
    }
  }
  try {
    if (config.startTls) await step("connect", () => client.startTLS(tlsOptions(config)))
    return await use({ client, step })
  } finally {
    client.unbind().catch(() => {})
  }
}

const makeClient = (config: Ldap): Client => {
  const { connect: seconds, bind, search } = config.timeouts
  return new Client({
    url: config.url,
    connectTimeout: seconds * 1000,
    timeout: Math.max(bind, search) * 1000,
    createConnection: once<Socket>(connect),
    createSecureConnection: once<TLSSocket>(connectTls),
    ...(config.url.startsWith("ldaps:") ? { tlsOptions: tlsOptions(config) } : {}),
  })
}

const tlsOptions = ({ url, ca }: Ldap) => ({
  host: new URL(url).hostname.replace(/^\[|\]$/g, ""),
  minVersion: "TLSv1.2" as const,
  ...(ca === undefined ? {} : { ca: [ca] }),
})

// ldapts connects again by itself, without StartTLS: a password could go out in the clear.
const once = <Opened>(open: (...args: ReadonlyArray<never>) => Opened) => {
  let opened = false
  return (...args: ReadonlyArray<unknown>): Opened => {
    if (opened) throw new LoginError("DirectoryUnavailable", "the connection was lost")
    opened = true
    return open(...(args as ReadonlyArray<never>))
  }
}

const within = async <Value>(seconds: number, running: Promise<Value>): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new LoginError("DirectoryUnavailable", `no answer within ${seconds} s`)),
      seconds * 1000,
    )
  })
  try {
    return await Promise.race([running, late])
  } finally {
    clearTimeout(timer)
  }
}
