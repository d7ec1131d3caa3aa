export { locationOf, type Visitor as Browser } from "@bearerkit/services"

export const site = "https://app.example"

/** The headers by which a script of the page asks, and wants no page to go to. */
export const asScript = { accept: "application/json", "sec-fetch-mode": "cors", "sec-fetch-site": "same-origin" }
