export { BearerError, type BearerErrorCode } from "@bearerkit/core"
