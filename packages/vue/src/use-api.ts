import type { Resumed } from "@bearerkit/browser"
import { onMounted } from "vue"
import type { Auth } from "./auth.ts"
import { injectAuth } from "./injection.ts"

/** Options of `useApi`. */
export interface UseApiOptions {
  /**
   * Called with each request that was sent again after a login, and its response. The requests are sent when a
   * component with this option is mounted, each once; with several such components, each request is passed to one.
   */
  readonly onResumed?: ((resumed: Resumed) => void) | undefined
  /** Called if such a request could not be sent, or if `onResumed` throws. @default the error is uncaught */
  readonly onError?: ((error: unknown) => void) | undefined
}

/**
 * Calls the APIs of the option `apis`, for `setup`: each origin gets its own token, and no other origin gets one. A 401
 * is retried once with a new token, and a 429 after its `Retry-After`. If an API requires another login, the person is
 * sent to it.
 *
 * @see RFC 6750 §2.1, RFC 9470
 */
export const useApi = ({ onResumed, onError = rethrown }: UseApiOptions = {}): Pick<Auth, "fetch"> => {
  const { fetch, resumed } = injectAuth()
  if (onResumed !== undefined) {
    const next = async (): Promise<void> => {
      try {
        const waited = await resumed()
        if (waited === undefined) return
        onResumed(waited)
      } catch (error) {
        onError(error)
      }
      await next()
    }
    onMounted(() => void next())
  }
  return { fetch }
}

const rethrown = (error: unknown): void =>
  queueMicrotask(() => {
    throw error
  })
