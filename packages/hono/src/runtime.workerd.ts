import { watchedFlights } from "@bearerkit/core"

// Replaces runtime.ts in bundles for Workers.

export const sharesPromises = false

export const flights: typeof watchedFlights = watchedFlights
