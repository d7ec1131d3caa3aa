import { AcquireError, type AssertionSource, invalidOptions } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import { open } from "node:fs/promises"
import { assertionText } from "./assertion-text.ts"

/** Options of `kubernetes`. */
export interface KubernetesOptions {
  /** Where the projected token is mounted, such as `/var/run/secrets/tokens/issuer`; its `audience` names the issuer. */
  readonly tokenFile: string
  /** The subject of the token: `system:serviceaccount:<namespace>:<name>`. Part of the cache key. */
  readonly subject: string
}

/**
 * The identity of a pod: its projected service account token. The file is read before each request, because the kubelet
 * replaces it.
 *
 * @see https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
 */
export const kubernetes = ({ tokenFile, subject }: KubernetesOptions): AssertionSource => ({
  subject,
  assertion: () =>
    isFilled(tokenFile)
      ? Effect.flatMap(Effect.tryPromise({ try: () => readStart(tokenFile), catch: unreadable }), (text) =>
          assertionText(text.trimEnd(), "the token file"),
        )
      : Effect.fail(invalidOptions("tokenFile", "is missing", "Name the file of the pod's projected token.")),
})

/** False for an unset environment variable. */
const isFilled = (path: unknown): boolean => typeof path === "string" && path !== ""

/** One byte over the maximum length, to detect a file that is too long. */
const maxBytes = 65_537

const readStart = async (path: string): Promise<string> => {
  const file = await open(path, "r")
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0)
    return buffer.toString("latin1", 0, bytesRead)
  } finally {
    await file.close()
  }
}

const unreadable = (cause: unknown): AcquireError => {
  const code = cause instanceof Error && "code" in cause ? String(cause.code).slice(0, 40) : "unknown"
  return new AcquireError({ reason: { _tag: "SupplyFailed", problem: `is missing: the token file (${code})` } })
}
