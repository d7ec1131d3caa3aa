import { type Availability, availabilityOf, SERVICES } from "./availability.ts"

export const isCurlAvailable = (): Availability => availabilityOf(SERVICES.curl)
