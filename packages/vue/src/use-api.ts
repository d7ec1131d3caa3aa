import type { Resumed } from "@bearerkit/browser"
import { onMounted } from "vue"
import type { Auth } from "./auth.ts"
import { injectAuth } from "./injection.ts"

/** Options of `useApi`. */
export interface UseApiOptions {
  /**
   * Told of each request that waited until the person had signed in again, and of the answer to it. They go out when a
   * component that says so is mounted, once: where several say so each is told to one of them.
   */
  readonly onResumed?: ((resumed: Resumed) => void) | undefined
  /** Told when a request that waited could not be sent. @default it is an uncaught error */
  readonly onError?: ((error: unknown) => void) | undefined
}

/**
 * Calls the APIs of the options, in `setup`: tokens go to exactly these origins, each gets its own; a 401 is answered with
 * a new token, a 429 after the time it asks for, and a demand for another login (RFC 9470) by that login.
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
