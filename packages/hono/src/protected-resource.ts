import { type ProtectedResource, protectedResourceMetadata } from "@bearerkit/core"
import type { Handler } from "hono"
import { valid } from "./valid.ts"

/**
 * Answers what this API says of itself; its route is the path of `protectedResourceUrl(resource)`. Wrong metadata throws
 * a `BearerError` here.
 *
 * @see RFC 9728 §3
 */
export const protectedResource = (metadata: ProtectedResource): Handler => {
  const document = valid(protectedResourceMetadata(metadata))
  // Public, and read by clients in browsers before they have a token.
  const headers = { "access-control-allow-origin": "*", "cache-control": "public, max-age=3600" }
  return (c) => c.json(document, 200, headers)
}
