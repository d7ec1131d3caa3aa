import type * as Command from "effect/cli/Command"
import { choice, positive, text, toggle } from "./setting.ts"

const clientAuthMethods = [
  "none",
  "client_secret_basic",
  "client_secret_post",
  "client_secret_jwt",
  "private_key_jwt",
] as const

export type ClientAuthMethod = (typeof clientAuthMethods)[number]

/** The issuer, the client and its authentication. */
export const clientOptions = {
  issuer: text("issuer", "URL", "The issuer's identifier, exactly as its metadata writes it"),
  clientId: text("client-id", "ID", "The client's id at the issuer"),
  clientAuth: choice(
    "client-auth",
    clientAuthMethods,
    "How the client proves who it is; by default with the secret or key that is there",
  ),
  clientSecretFile: text("client-secret-file", "FILE", "Where the client secret is, - for stdin"),
  privateKeyFile: text("private-key-file", "FILE", "Where the private key is, as PKCS #8 PEM or JWK, - for stdin"),
  keyId: text("key-id", "ID", "The private key's name at the issuer (kid)"),
  algorithm: text(
    "algorithm",
    "ALG",
    "What the private key signs with; by default what the key says of itself, RS256 for RSA",
  ),
  account: text("account", "NAME", "Whose login, where several people share this machine's user, issuer and client"),
  noStore: toggle("no-store", "Neither use nor keep tokens in this user's private files"),
  timeout: positive("timeout", "SECONDS", "How long getting the token may take, all tries together; 30 by default"),
  allowInsecureRequests: toggle("allow-insecure-requests", "Allow http: beyond this machine, where tokens can be read"),
}

export type ClientOptions = Command.Command.Config.Infer<typeof clientOptions>
