export { type Spa, type SpaSettings, startSpa } from "./server.ts"
