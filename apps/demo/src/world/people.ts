/** The people and programs of the demo. Every password and secret is made up at the start of the world. */

/** In the issuer's own database. */
export const ada = { username: "ada", email: "ada@demo.example", name: "Ada Demo" }

/** Also there: who comes through the gateway, as the issuer lets an account log in twenty times at once and no more. */
export const grace = { username: "grace", email: "grace@demo.example", name: "Grace Demo" }

/** In the LDAP directory. */
export const lin = { uid: "lin", cn: "Lin Demo", sn: "Demo", mail: "lin@demo.example" }

/** Whom the assertion of `service/jwt-bearer` speaks for. */
export const machine = "machine-7"

export const audiences = {
  /** Protected by the issuer's keys. */
  orders: "https://orders.demo.example",
  /** The same API, for tokens that live one second. */
  shortLived: "https://orders.demo.example/short-lived",
  /** Another API altogether; it asks the orders API on behalf of its callers. */
  reports: "https://reports.demo.example",
  /** What the portal is called as an API: people's tokens are for it first. */
  portal: "https://portal.demo.example",
  /** Called by the orders API on behalf of whom it serves. */
  billing: "https://billing.demo.example",
  /** The gateway at the edge. */
  gateway: "https://gateway.demo.example",
  /** Lets another program than the portal act for people. */
  restricted: "https://restricted.demo.example",
  /** Lets nobody act for people. */
  closed: "https://closed.demo.example",
} as const

export const clients = {
  /** The client whose id and secret the legacy API shares. */
  legacyApi: "legacy-api",
  importer: "importer",
  reporter: "reporter",
  signer: "signer",
  /** Where people sign in. */
  portal: "portal",
  /** The portal of old, whose people hold ID tokens. */
  oldPortal: "old-portal",
  /** The orders API as a client: it calls the next API. */
  ordersApi: "orders-api",
  spa: "spa",
  /** The single page app of old, which finds its tokens in the hash. */
  hashSpa: "hash-spa",
  tv: "tv",
  /** An application on somebody's own machine. */
  desktop: "desktop",
  /** What runs at a platform that vouches for it. */
  job: "job",
  /** Where people sign in with a cookie. */
  web: "web",
  /** The reports API as a client: it asks the orders API. */
  reportsApi: "reports-api",
  /** The gateway at the edge: people sign in there, and it calls the APIs. */
  gateway: "gateway",
} as const

/** How the platform calls those who run there. */
export const workloads = {
  githubActions: "repo:octo/shop:ref:refs/heads/main",
  kubernetes: "system:serviceaccount:shop:reporter",
} as const

export const connections = { database: "people", ldap: "staff" } as const

/** A party that the issuer trusts to vouch for machines. */
export const vouching = "https://machines.demo.example"

/** Where the issuer sends people back to. Nothing is served there: the person stops before. */
export const redirectUris = {
  spa: "https://spa.demo.example/callback",
  hashSpa: "https://hash-spa.demo.example/",
} as const
