export type { AuthDevtools } from "../auth.ts"
export { authDevtools } from "./auth-devtools.ts"
