import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"

const run = promisify(execFile)

/** Files of a server certificate for 127.0.0.1 and localhost, and the authority that signed it. */
export interface Certificate {
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
  /** The authority's certificate as PEM. */
  readonly ca: string
}

const NEW_KEY = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"

/** Makes an authority and a certificate that live as long as the folder. */
export const makeCertificate = async (folder: string): Promise<Certificate> => {
  const caFile = join(folder, "ca.pem")
  const caKey = join(folder, "ca.key")
  const certFile = join(folder, "server.pem")
  const keyFile = join(folder, "server.key")
  const ca = ["-keyout", caKey, "-out", caFile, "-subj", "/CN=BearerKit test CA"]
  const server = ["-keyout", keyFile, "-out", certFile, "-subj", "/CN=127.0.0.1", "-CA", caFile, "-CAkey", caKey]
  const names = "-addext subjectAltName=IP:127.0.0.1,DNS:localhost -addext basicConstraints=critical,CA:FALSE"
  await openssl(`req -x509 ${NEW_KEY}`, ca)
  await openssl(`req -x509 ${NEW_KEY} ${names}`, server)
  return { caFile, certFile, keyFile, ca: await readFile(caFile, "utf8") }
}

const openssl = async (command: string, args: ReadonlyArray<string>): Promise<void> => {
  await run("openssl", [...command.split(" "), ...args])
}
