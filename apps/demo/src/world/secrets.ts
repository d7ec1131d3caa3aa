import { generateKeyPairSync, randomBytes } from "node:crypto"

/** What only its holder should know; new in every run. */
export interface Secrets {
  /** Of everybody in the database. */
  readonly adaPassword: string
  readonly linPassword: string
  readonly legacyApi: string
  readonly importer: string
  readonly reporter: string
  readonly portal: string
  readonly oldPortal: string
  readonly ordersApi: string
  readonly web: string
  readonly reportsApi: string
  readonly gateway: string
  /** PKCS #8 PEM, of `signer` and of the party that vouches. */
  readonly privateKey: string
  /** SPKI PEM */
  readonly publicKey: string
}

export const makeSecrets = (): Secrets => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  return {
    adaPassword: secret(),
    linPassword: secret(),
    legacyApi: secret(),
    importer: secret(),
    reporter: secret(),
    portal: secret(),
    oldPortal: secret(),
    ordersApi: secret(),
    web: secret(),
    reportsApi: secret(),
    gateway: secret(),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
  }
}

const secret = (): string => randomBytes(36).toString("base64url")
