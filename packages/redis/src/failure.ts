/**
 * A code or a name, such as `ECONNREFUSED`, `WRONGPASS` or `ClientClosedError`; never a message, which may quote a
 * value.
 */
export const codeOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return "unknown"
  if ("code" in cause && typeof cause.code === "string" && /^\w{2,40}$/.test(cause.code)) return cause.code
  return /^[A-Z]{2,30}(?= )/.exec(cause.message)?.[0] ?? cause.constructor.name
}

/** Whether a retry may succeed, over a new connection or when the server is up. */
export const isPassing = (cause: unknown): boolean => passing.has(codeOf(cause))

const passing: ReadonlySet<string> = /*#__PURE__*/ new Set([
  "ClientOfflineError",
  "CLUSTERDOWN",
  "DisconnectsClientError",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "LOADING",
  "MASTERDOWN",
  "NOAUTH",
  "READONLY",
  "SocketClosedUnexpectedlyError",
  "TRYAGAIN",
])
