export { type Api, type ApiOptions, startApi } from "./server.ts"
