import { Buffer } from "node:buffer"

import type { KoaContextWithOIDC } from "oidc-provider"
import type Provider from "oidc-provider"

import type { Secrets } from "../secrets.ts"

const RECEIVED = [
  "password",
  "client_secret",
  "client_assertion",
  "assertion",
  "subject_token",
  "actor_token",
  "code",
  "code_verifier",
  "device_code",
  "id_token_hint",
  "refresh_token",
  "token",
]
const MINTED = ["access_token", "id_token", "refresh_token", "device_code"]

/** Notes what the standard endpoints receive and mint, for tests that look for leaks. */
export const collectSecrets = (provider: Provider, secrets: Secrets): void => {
  provider.use(async (ctx, next) => {
    await next()
    const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>
    const body: unknown = ctx.body
    if (typeof body === "object" && body !== null) {
      secrets.add(...MINTED.map((name) => (body as Record<string, unknown>)[name]))
    }
    secrets.add(...RECEIVED.map((name) => oidc?.params?.[name]), basicSecret(ctx.get("authorization")))
  })
  provider.on("authorization.success", (_ctx, response) => {
    secrets.add(...["code", ...MINTED].map((name) => response?.[name]))
  })
}

const basicSecret = (authorization: string): string | undefined => {
  const [scheme = "", value = ""] = authorization.split(" ")
  if (scheme.toLowerCase() === "bearer") return value
  return decode(Buffer.from(value, "base64").toString().split(":").slice(1).join(":"))
}

const decode = (secret: string): string => {
  try {
    return decodeURIComponent(secret.replaceAll("+", "%20"))
  } catch {
    return secret
  }
}
