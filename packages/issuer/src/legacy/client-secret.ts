import { createHash, timingSafeEqual } from "node:crypto"

import type { Client } from "../config/client.ts"

/** Whether a secret is the client's; the legacy endpoints require none, but refuse a wrong one. */
export const isSecretOf = (client: Client, secret: string | undefined): boolean =>
  secret === undefined || timingSafeEqual(sha256(secret), sha256(client.secret ?? ""))

const sha256 = (text: string): Uint8Array => createHash("sha256").update(text).digest()
