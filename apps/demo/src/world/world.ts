import { type Api, startApi } from "@bearerkit/app-api"
import { type Issuer, startIssuer } from "@bearerkit/issuer"
import { isSlapdAvailable, type Platform, type Slapd, startPlatform, startSlapd } from "@bearerkit/services"
import { type Break, clockOf, heldSecrets } from "./break.ts"
import { issuerConfig } from "./issuer-config.ts"
import { audiences, clients, lin } from "./people.ts"
import { makeSecrets, type Secrets } from "./secrets.ts"

/** Everything that a step needs: the servers, and what the programs know. */
export interface World extends AsyncDisposable {
  readonly issuer: Issuer
  readonly api: Api
  /** Vouches for what runs there, as GitHub and a Kubernetes cluster do. */
  readonly platform: Platform
  /** What the programs hold; after `--break wrong-secret` not what the issuer knows. */
  readonly secrets: Secrets
  /** The programs' clock, in epoch milliseconds. */
  readonly now: () => number
  /** Why there is no LDAP directory and how to get it, if there is none. */
  readonly noLdap: string | undefined
}

/** Starts the directory (where it is installed), the issuer and the API, each on a free loopback port. */
export const startWorld = async (broken?: Break): Promise<World> => {
  await using started = new AsyncDisposableStack()
  const real = makeSecrets()
  const ldap = isSlapdAvailable()
  const slapd = ldap.available ? started.use(await startDirectory(real)) : undefined
  const platform = started.use(await startPlatform())
  const issuer = started.use(await startIssuer({ config: issuerConfig(real, { slapd, platform }) }))
  const secrets = heldSecrets(real, broken)
  const now = clockOf(broken)
  const api = started.use(
    await startApi({
      issuer: issuer.url,
      audience: [audiences.orders, audiences.shortLived, audiences.billing],
      legacy: { audience: clients.legacyApi, secret: secrets.legacyApi },
      now,
    }),
  )
  if (broken === "issuer-stopped") await issuer.close()
  const servers = started.move()
  return {
    issuer,
    api,
    platform,
    secrets,
    now,
    noLdap: ldap.available ? undefined : `${ldap.why}; to get it: ${ldap.how}`,
    [Symbol.asyncDispose]: () => servers.disposeAsync(),
  }
}

const startDirectory = (secrets: Secrets): Promise<Slapd> =>
  startSlapd({ people: [{ ...lin, password: secrets.linPassword }] })
