import { bearerAuth, type BearerAuthOptions, requireFreshLogin, secret } from "@bearerkit/hono"
import { Hono } from "hono"
import { cors } from "hono/cors"

export interface ApiOptions {
  readonly issuer: string
  /** Whom the tokens for `/whoami` must be for. */
  readonly audience: string | ReadonlyArray<string>
  /** The client whose id and secret `/legacy/whoami` shares. */
  readonly legacy: { readonly audience: string; readonly secret: string }
  /** Whose pages may call it from a browser. @default [] */
  readonly origins?: ReadonlyArray<string>
  /** Told of each request that is refused. */
  readonly onRefused?: BearerAuthOptions["onRefused"]
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number
}

/** Two APIs in one: what protects them differs, what they answer does not. */
export const makeApi = ({ issuer, audience, legacy, origins = [], onRefused, now }: ApiOptions) => {
  // The issuer runs on the same machine, so their clocks agree.
  const both = { issuer, onRefused, now, clockTolerance: 0 }
  const issuerKeys = bearerAuth({ ...both, audience })
  const ownSecret = bearerAuth({
    ...both,
    audience: legacy.audience,
    keys: secret(legacy.secret),
    // ID tokens of the old world have no type and no client id
    profile: "compatible",
  })
  return new Hono()
    .use(
      cors({
        origin: [...origins],
        allowHeaders: ["authorization", "content-type"],
        exposeHeaders: ["www-authenticate"],
      }),
    )
    .get("/", (c) => c.json({ routes: ["/whoami", "/legacy/whoami", "/transfer"] }))
    .get("/whoami", issuerKeys, (c) => c.json(c.var.auth.claims))
    .get("/legacy/whoami", ownSecret, (c) => c.json(c.var.auth.claims))
    .post("/transfer", issuerKeys, requireFreshLogin({ acrValues: ["gold"] }), (c) =>
      c.json({ done: true, by: c.var.auth.claims.sub, acr: c.var.auth.claims["acr"] }),
    )
}
