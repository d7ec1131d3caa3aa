import { watchedFlights, sharedFlights } from "@bearerkit/core"
import { getRuntimeKey } from "hono/adapter"

/** On Workers a request that waits for another request's promise hangs. */
export const sharesPromises: boolean = /*#__PURE__*/ getRuntimeKey() !== "workerd"

export const flights: typeof sharedFlights = sharesPromises ? sharedFlights : watchedFlights
