import { fileURLToPath } from "node:url"
import { type Declared, type Member, membersOf } from "./members.ts"

export const optionsPagePath = fileURLToPath(new URL("../../docs/options.md", import.meta.url))

/** docs/options.md: the options of everything that is made with some, as their types have them. */
export const optionsPage = async (): Promise<string> => {
  const parts = await Promise.all(sections.map(sectionOf))
  return `${[head, ...parts].join("\n\n")}\n`
}

const head = `# Options

Made by \`node scripts/options-docs.ts\` from the types of the packages; a test compares. A name without "optional" is needed. A \`Duration.Input\` is a text such as \`"5 minutes"\`, or milliseconds.`

interface Section {
  readonly title: string
  readonly intro?: string
  readonly types: ReadonlyArray<Declared>
}

const network: ReadonlyArray<Declared> = [
  { file: "core/src/promise/network-options.ts", type: "NetworkOptions" },
  { file: "core/src/http/client.ts", type: "HttpOptions" },
]

const sections: ReadonlyArray<Section> = [
  {
    title: "`createClient` of `@bearerkit/node`",
    types: [{ file: "node/src/client-options.ts", type: "ClientOptions" }],
  },
  {
    title: "Its `delegation`",
    types: [
      { file: "node/src/client-options.ts", type: "ClientDelegation" },
      { file: "core/src/delegate/policy.ts", type: "DelegationPolicy" },
    ],
  },
  {
    title: "`loopback` of `@bearerkit/node`",
    types: [{ file: "node/src/login/loopback.ts", type: "LoopbackOptions" }],
  },
  {
    title: "`deviceCode` of `@bearerkit/node`",
    types: [{ file: "node/src/login/device-code.ts", type: "DeviceLoginOptions" }],
  },
  {
    title: "`fileStorage` of `@bearerkit/node`",
    types: [{ file: "node/src/storage/file-storage.ts", type: "FileStorageOptions" }],
  },
  {
    title: "`githubActions` of `@bearerkit/node`",
    types: [{ file: "node/src/workload/github-actions.ts", type: "GithubActionsOptions" }],
  },
  {
    title: "`kubernetes` of `@bearerkit/node`",
    types: [{ file: "node/src/workload/kubernetes.ts", type: "KubernetesOptions" }],
  },
  {
    title: "`createBrowserClient` of `@bearerkit/browser`",
    types: [{ file: "browser/src/options.ts", type: "BrowserClientOptions" }],
  },
  {
    title: "`createAuth` of `@bearerkit/vue`",
    intro: "Those of `createBrowserClient`, and:",
    types: [{ file: "vue/src/auth.ts", type: "AuthOptions" }],
  },
  {
    title: "`authGuard` of `@bearerkit/vue/router`",
    types: [{ file: "vue/src/auth-guard.ts", type: "AuthGuardOptions" }],
  },
  {
    title: "`makeTestClient` of `@bearerkit/browser/testing`, `createTestAuth` of `@bearerkit/vue/testing`",
    intro: "Those of `createBrowserClient` but `fetch`, `issuer` and `metadata`, none of them needed, and:",
    types: [
      { file: "browser/src/testing/test-client.ts", type: "TestClientOptions" },
      { file: "vue/src/testing.ts", type: "TestAuthOptions" },
    ],
  },
  {
    title: "`bearerAuth` of `@bearerkit/hono`",
    intro: "`issuer` and `audience`, or `issuers`, or `introspection` alone:",
    types: [
      { file: "core/src/verify/verifier-options.ts", type: "VerifierOptions", without: ["keys"] },
      { file: "core/src/verify/trusted-issuer.ts", type: "TrustedIssuer" },
      { file: "core/src/verify/token-verifier.ts", type: "SeveralIssuers" },
      { file: "core/src/verify/authorize-options.ts", type: "AuthorizePolicy" },
      { file: "hono/src/bearer-auth.ts", type: "BearerAuthOptions" },
      { ...network[0]!, without: ["now", "sharesPromises"] },
      network[1]!,
    ],
  },
  {
    title: "`webLogin` of `@bearerkit/hono`",
    types: [
      { file: "core/src/promise/web-login.ts", type: "WebLoginConfig" },
      { file: "core/src/session/web-login-options.ts", type: "WebLoginOptions", without: ["client", "sessions"] },
      { file: "core/src/session/session-lifetime.ts", type: "LifetimeOptions" },
      { file: "core/src/session/open-session.ts", type: "OpenSessionOptions" },
      { file: "hono/src/web-login.ts", type: "WebLoginOptions" },
      ...network,
    ],
  },
  {
    title: "`delegation` of `@bearerkit/hono`",
    types: [
      { file: "core/src/promise/on-behalf-of.ts", type: "OnBehalfOfConfig" },
      { file: "core/src/delegate/policy.ts", type: "DelegationPolicy" },
      { file: "hono/src/delegation.ts", type: "DelegationOptions" },
      ...network,
    ],
  },
  {
    title: "`redis` of `@bearerkit/redis`",
    intro:
      "Besides these `credentialsProvider`, `database`, `name`, `password`, `socket` and `username` of the package `redis`.",
    types: [
      { file: "redis/src/client.ts", type: "Address" },
      { file: "redis/src/redis.ts", type: "RedisStorageOptions" },
    ],
  },
  {
    title: "`startIssuer` of `@bearerkit/issuer`",
    types: [{ file: "issuer/src/issuer.ts", type: "IssuerOptions" }],
  },
  {
    title: "The issuer's `config`",
    types: [{ file: "issuer/src/config/config.ts", type: "IssuerConfig" }],
  },
  {
    title: "`config.clients`",
    types: [
      { file: "issuer/src/config/client.ts", type: "ClientConfig" },
      { file: "issuer/src/config/delegation.ts", type: "DelegationConfig" },
      { file: "issuer/src/config/session.ts", type: "SessionConfig" },
    ],
  },
  {
    title: "`config.clients[].legacy`",
    types: [{ file: "issuer/src/config/legacy.ts", type: "LegacyConfig" }],
  },
  {
    title: "`config.apis`",
    types: [
      { file: "issuer/src/config/config.ts", type: "ApiConfig" },
      { file: "issuer/src/config/delegation.ts", type: "DelegationConfig" },
    ],
  },
  {
    title: "`config.connections`, a database",
    types: [{ file: "issuer/src/config/connection.ts", type: "DatabaseConnectionConfig" }],
  },
  {
    title: "`config.connections[].users`",
    types: [{ file: "issuer/src/config/connection.ts", type: "UserConfig" }],
  },
  {
    title: "`config.connections`, LDAP",
    types: [{ file: "issuer/src/config/connection.ts", type: "LdapConnectionConfig" }],
  },
  {
    title: "`config.trustedAssertionIssuers`",
    types: [{ file: "issuer/src/config/config.ts", type: "AssertionIssuerConfig" }],
  },
  {
    title: "`config.deviceFlow`",
    types: [{ file: "issuer/src/config/device-flow.ts", type: "DeviceFlowConfig" }],
  },
  {
    title: "`issuer.mint`",
    types: [{ file: "issuer/src/mint.ts", type: "MintOptions" }],
  },
]

const sectionOf = async ({ title, intro, types }: Section): Promise<string> => {
  const members = (await Promise.all(types.map(membersOf))).flat()
  return [`## ${title}`, ...(intro === undefined ? [] : [intro]), members.map(lineOf).join("\n")].join("\n\n")
}

const lineOf = ({ name, isOptional, type, text, byDefault }: Member): string => {
  const told = [text, byDefault === undefined ? "" : `Default: ${byDefault}.`].filter(Boolean).join(" ")
  return `- \`${name}\`${isOptional ? ", optional" : ""}: \`${type}\`.${told === "" ? "" : ` ${told}`}`
}
