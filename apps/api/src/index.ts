export { type RelayOptions } from "./relay.ts"
export { type Api, type ApiOptions, startApi, startRelay } from "./server.ts"
