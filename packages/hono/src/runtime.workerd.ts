import { watchedFlights } from "@bearerkit/core"

// What bundles for Workers take in the place of runtime.ts.

export const sharesPromises = false

export const flights: typeof watchedFlights = watchedFlights
