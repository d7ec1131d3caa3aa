import { type ProtectedResource, protectedResourceMetadata } from "@bearerkit/core"
import type { Handler } from "hono"
import { valid } from "./valid.ts"

/**
 * Serves the metadata of this API; its route is the path of `protectedResourceUrl(resource)`. Invalid metadata throws a
 * `BearerError` here.
 *
 * @see RFC 9728 §3
 */
export const protectedResource = (metadata: ProtectedResource): Handler => {
  const document = valid(protectedResourceMetadata(metadata))
  // Public: clients in browsers read it before they have a token.
  const headers = { "access-control-allow-origin": "*", "cache-control": "public, max-age=3600" }
  return (c) => c.json(document, 200, headers)
}
