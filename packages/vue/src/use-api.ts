import type { Resumed } from "@bearerkit/browser"
import { onMounted } from "vue"
import type { Auth } from "./auth.ts"
import { injectAuth } from "./injection.ts"

export interface UseApiOptions {
  /**
   * Told of the request that waited until the person had signed in again, and of the answer to it. It goes out when a
   * component that says so is mounted, once.
   */
  readonly onResumed?: (resumed: Resumed) => void
  /** Told when the request that waited could not be sent. */
  readonly onError?: (error: unknown) => void
}

/**
 * Calls the APIs of the options, in `setup`: tokens go to exactly these origins, each gets its own; a 401 is answered with
 * a new token, a 429 after the time it asks for, and a demand for another login (RFC 9470) by that login.
 */
export const useApi = ({ onResumed, onError = rethrown }: UseApiOptions = {}): Pick<Auth, "fetch"> => {
  const { fetch, resumed } = injectAuth()
  if (onResumed !== undefined) {
    onMounted(() => {
      resumed()
        .then((waited) => waited && onResumed({ ...waited, response: waited.response.clone() }))
        .catch(onError)
    })
  }
  return { fetch }
}

const rethrown = (error: unknown): never => {
  throw error
}
