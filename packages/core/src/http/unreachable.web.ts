import type { Unreachable } from "../errors/http-error.ts"

/** Browsers and Workers do not tell a program why it could not reach a server. */
export const whyUnreachable = (_cause: unknown): Pick<Unreachable, "detail" | "fix"> => ({})
