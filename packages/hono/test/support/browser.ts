export { locationOf, type Visitor as Browser } from "@bearerkit/services"

export const site = "https://app.example"
