import { execFile } from "node:child_process"
import { randomBytes } from "node:crypto"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { promisify } from "node:util"

import { Client } from "ldapts"

import { type Availability, availabilityOf, programsOf, SERVICES } from "./availability.ts"
import { type Certificate, makeCertificate } from "./certificate.ts"
import { type Child, startChild } from "./child.ts"
import { escapeDn, type LdapEntry, ssha, toLdif } from "./ldif.ts"
import { freePorts } from "./port.ts"

/** A person who can bind with `uid={uid},ou=people,{baseDn}` and the password. */
export interface LdapPerson {
  readonly uid: string
  readonly password: string
  readonly cn?: string
  readonly sn?: string
  readonly givenName?: string
  readonly mail?: string
}

/** A `groupOfNames` under `ou=groups`; its members get `memberOf`. */
export interface LdapGroup {
  readonly cn: string
  /** The `uid` of each member. */
  readonly members: ReadonlyArray<string>
}

export interface SlapdOptions {
  /** @default "dc=example,dc=test" */
  readonly baseDn?: string
  readonly people?: ReadonlyArray<LdapPerson>
  readonly groups?: ReadonlyArray<LdapGroup>
  /** Further entries, as they are. */
  readonly entries?: ReadonlyArray<LdapEntry>
}

/** A running OpenLDAP server on loopback, with StartTLS at `url` and LDAPS at `ldapsUrl`. */
export interface Slapd extends AsyncDisposable {
  readonly url: string
  readonly ldapsUrl: string
  /** The certificate of the authority behind the server's certificate, as PEM. */
  readonly ca: string
  readonly baseDn: string
  /** A service account that may read. */
  readonly bindDn: string
  readonly bindPassword: string
  readonly close: () => Promise<void>
}

export const isSlapdAvailable = (): Availability => availabilityOf(SERVICES.slapd)

const run = promisify(execFile)
const READY_MS = 10_000
const TRIES = 3

/** Starts slapd with its own data folder; both are gone after `close` and when this process ends. */
export const startSlapd = async (options: SlapdOptions = {}): Promise<Slapd> => {
  programsOf(SERVICES.slapd)
  // Between finding a free port and using it somebody else may take it.
  for (let left = TRIES; ; left--) {
    try {
      return await startOnce(options)
    } catch (error) {
      if (left === 1) throw error
    }
  }
}

const startOnce = async (options: SlapdOptions): Promise<Slapd> => {
  const baseDn = options.baseDn ?? "dc=example,dc=test"
  const folder = await mkdtemp(join(tmpdir(), "bearerkit-slapd-"))
  const account = { bindDn: `cn=service,${baseDn}`, bindPassword: randomBytes(18).toString("base64url") }
  const [port, securePort] = await freePorts(2)
  const url = `ldap://127.0.0.1:${port}`
  const ldapsUrl = `ldaps://127.0.0.1:${securePort}`
  const { ca, configFile } = await prepare(folder, options, { baseDn, ...account }).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  const child = startChild({
    command: ["/usr/sbin/slapd", "-f", configFile, "-h", `${url}/ ${ldapsUrl}/`, "-d", "0"],
    folder,
  })
  await untilReady(child, url, account)
  return { url, ldapsUrl, ca, baseDn, ...account, close: child.close, [Symbol.asyncDispose]: child.close }
}

interface Account {
  readonly bindDn: string
  readonly bindPassword: string
}

const prepare = async (folder: string, options: SlapdOptions, base: Account & { readonly baseDn: string }) => {
  const certificate = await makeCertificate(folder)
  const configFile = join(folder, "slapd.conf")
  const ldifFile = join(folder, "seed.ldif")
  await mkdir(join(folder, "db"))
  await writeFile(configFile, slapdConf(folder, base.baseDn, certificate))
  await writeFile(ldifFile, toLdif(seed(options, base)))
  await run("/usr/sbin/slapadd", ["-q", "-f", configFile, "-l", ldifFile])
  return { ca: certificate.ca, configFile }
}

const slapdConf = (folder: string, baseDn: string, tls: Certificate): string => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile ${folder}/slapd.pid
argsfile ${folder}/slapd.args
TLSCACertificateFile ${tls.caFile}
TLSCertificateFile ${tls.certFile}
TLSCertificateKeyFile ${tls.keyFile}
TLSVerifyClient never
disallow bind_anon
require authc
database mdb
maxsize 67108864
suffix "${baseDn}"
rootdn "cn=root,${baseDn}"
directory ${folder}/db
overlay memberof
access to attrs=userPassword by anonymous auth by self write by * none
access to * by users read by anonymous auth by * none
`

const seed = (options: SlapdOptions, base: Account & { readonly baseDn: string }): ReadonlyArray<LdapEntry> => {
  const { people = [], groups = [], entries = [] } = options
  const { baseDn, bindDn, bindPassword } = base
  const personDn = (uid: string): string => `uid=${escapeDn(uid)},ou=people,${baseDn}`
  const groupDn = (cn: string): string => `cn=${escapeDn(cn)},ou=groups,${baseDn}`
  const groupsOf = (uid: string): ReadonlyArray<string> =>
    groups.filter(({ members }) => members.includes(uid)).map(({ cn }) => groupDn(cn))
  return [
    {
      dn: baseDn,
      attributes: { objectClass: ["dcObject", "organization"], dc: /dc=([^,]+)/.exec(baseDn)?.[1] ?? "", o: "Test" },
    },
    {
      dn: bindDn,
      attributes: {
        objectClass: ["organizationalRole", "simpleSecurityObject"],
        cn: "service",
        userPassword: ssha(bindPassword),
      },
    },
    ...["people", "groups"].map((ou) => ({
      dn: `ou=${ou},${baseDn}`,
      attributes: { objectClass: "organizationalUnit", ou },
    })),
    ...people.map((person) => ({
      dn: personDn(person.uid),
      attributes: {
        objectClass: "inetOrgPerson",
        uid: person.uid,
        cn: person.cn ?? person.uid,
        sn: person.sn ?? person.uid,
        ...(person.givenName === undefined ? {} : { givenName: person.givenName }),
        ...(person.mail === undefined ? {} : { mail: person.mail }),
        userPassword: ssha(person.password),
        // slapadd does not fill it; the overlay does afterwards.
        memberOf: groupsOf(person.uid),
      },
    })),
    ...groups.map(({ cn, members }) => ({
      dn: groupDn(cn),
      attributes: { objectClass: "groupOfNames", cn, member: members.map(personDn) },
    })),
    ...entries,
  ]
}

const untilReady = async (child: Child, url: string, account: Account): Promise<void> => {
  const deadline = Date.now() + READY_MS
  let problem: unknown
  while (child.running() && Date.now() < deadline) {
    const client = new Client({ url, timeout: 2000, connectTimeout: 2000 })
    try {
      await client.bind(account.bindDn, account.bindPassword)
      return
    } catch (error) {
      problem = error
      await wait(25)
    } finally {
      await client.unbind().catch(() => {})
    }
  }
  const wasRunning = child.running()
  await child.close()
  const said = child.stderr() || (problem instanceof Error ? problem.message : "nothing")
  throw new Error(`slapd ${wasRunning ? `did not answer within ${READY_MS} ms` : "ended at once"}; it said: ${said}`)
}
