import { type ConnectionConfig, defineIssuer, type IssuerConfig } from "@bearerkit/issuer"
import type { Platform, Slapd } from "@bearerkit/services"
import { ada, audiences, clients, connections, grace, machine, redirectUris, vouching, workloads } from "./people.ts"
import type { Secrets } from "./secrets.ts"

export interface IssuerSurroundings {
  readonly slapd: Slapd | undefined
  readonly platform: Platform
  /** The origin of the web app. */
  readonly web: string
  /** The same of the single page app. */
  readonly spa: string
}

/** What the issuer of the demo knows. */
export const issuerConfig = (secrets: Secrets, { slapd, platform, web, spa }: IssuerSurroundings): IssuerConfig =>
  defineIssuer({
    clients: [
      { id: clients.legacyApi, secret: secrets.legacyApi, grants: ["oauth-ro"], legacy: { idTokenLifetime: 36_000 } },
      { id: clients.oldPortal, secret: secrets.oldPortal, grants: ["oauth-ro", "delegation"] },
      {
        id: clients.portal,
        secret: secrets.portal,
        grants: ["password-realm", "token-exchange"],
        api: audiences.portal,
      },
      {
        id: clients.spa,
        auth: "none",
        grants: ["authorization_code", "refresh_token", "token-exchange"],
        redirectUris: [redirectUris.spa, `${spa}/callback`],
        logoutUrls: [`${spa}/`],
      },
      { id: clients.hashSpa, grants: ["implicit"], redirectUris: [redirectUris.hashSpa, `${spa}/callback`] },
      { id: clients.tv, name: "The TV", grants: ["device-code"] },
      {
        id: clients.desktop,
        name: "The desktop app",
        grants: ["authorization_code", "refresh_token"],
        redirectUris: ["http://127.0.0.1/callback", "http://[::1]/callback"],
      },
      { id: clients.job, auth: "none", grants: ["jwt-bearer"] },
      { id: clients.ordersApi, secret: secrets.ordersApi, grants: ["token-exchange"], api: audiences.orders },
      {
        id: clients.web,
        name: "The web app",
        secret: secrets.web,
        grants: ["authorization_code", "refresh_token", "token-exchange"],
        redirectUris: [`${web}/callback`],
        logoutUrls: [`${web}/`],
        backChannelLogoutUrl: `${web}/backchannel-logout`,
      },
      { id: clients.reportsApi, secret: secrets.reportsApi, grants: ["token-exchange"], api: audiences.reports },
      {
        id: clients.gateway,
        name: "The gateway",
        secret: secrets.gateway,
        grants: ["authorization_code", "refresh_token", "token-exchange"],
        api: audiences.gateway,
        redirectUris: [`${audiences.gateway}/callback`],
      },
      { id: clients.importer, secret: secrets.importer, grants: ["password-realm"] },
      { id: clients.reporter, secret: secrets.reporter, grants: ["client_credentials"] },
      { id: clients.signer, publicKey: secrets.publicKey, grants: ["client_credentials", "jwt-bearer"] },
    ],
    apis: [
      { audience: audiences.orders, scopes: ["orders:read", "orders:write"] },
      { audience: audiences.shortLived, scopes: ["orders:read"], tokenLifetime: 1 },
      { audience: audiences.reports, scopes: ["reports:read"] },
      { audience: audiences.portal, scopes: ["portal:use"] },
      { audience: audiences.gateway, tokenLifetime: 600 },
      { audience: audiences.billing, scopes: ["billing:read"] },
      { audience: audiences.restricted, allowedCallers: [clients.ordersApi] },
      { audience: audiences.closed, allowedCallers: [] },
    ],
    connections: [
      {
        name: connections.database,
        strategy: "database",
        users: [
          { ...ada, password: secrets.adaPassword },
          { ...grace, password: secrets.adaPassword },
        ],
      },
      ...(slapd === undefined ? [] : [ldap(slapd)]),
    ],
    acrValues: ["silver", "gold"],
    deviceFlow: { interval: 1 },
    defaultConnection: connections.database,
    trustedAssertionIssuers: [
      { issuer: vouching, publicKey: secrets.publicKey, subjects: [machine] },
      {
        issuer: platform.issuer,
        jwksUri: platform.jwksUri,
        subjects: Object.values(workloads),
        // a pod's token is the same until the kubelet replaces it
        reusable: true,
      },
    ],
  })

const ldap = (slapd: Slapd): ConnectionConfig => ({
  name: connections.ldap,
  strategy: "ldap",
  url: slapd.url,
  startTls: true,
  ca: slapd.ca,
  bindDn: slapd.bindDn,
  bindPassword: slapd.bindPassword,
  base: `ou=people,${slapd.baseDn}`,
  filter: "(uid={0})",
})
