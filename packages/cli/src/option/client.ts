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
    "How the client authenticates; by default with the given secret or key",
  ),
  clientSecretFile: text("client-secret-file", "FILE", "File with the client secret, - for stdin"),
  privateKeyFile: text("private-key-file", "FILE", "File with the private key, PKCS #8 PEM or JWK, - for stdin"),
  keyId: text("key-id", "ID", "The private key's id at the issuer (kid)"),
  algorithm: text("algorithm", "ALG", "The private key's signature algorithm; by default the key's own, RS256 for RSA"),
  account: text("account", "NAME", "Whose login, if several people share this machine's user, issuer and client"),
  noStore: toggle("no-store", "Neither read nor write tokens in this user's private files"),
  timeout: positive("timeout", "SECONDS", "How long getting the token may take, including retries; 30 by default"),
  allowInsecureRequests: toggle("allow-insecure-requests", "Allow http: beyond this machine, where tokens can be read"),
}

export type ClientOptions = Command.Command.Config.Infer<typeof clientOptions>
