import { userDirectory } from "@bearerkit/node"

/** What to do, where the library names options of a program and the command has its own. */
export const ownFix = (code: string, fix: string): string =>
  byCode.get(code) ?? fix.replace("allowInsecureRequests", "--allow-insecure-requests")

const byCode: ReadonlyMap<string, string> = new Map([
  [
    "login_required",
    "Run bearerkit login, with the same issuer, client and account; for a service account give BEARERKIT_CLIENT_SECRET.",
  ],
  ["store_unavailable", `Check the folder ${userDirectory()}: this user must be able to read and write it.`],
  ["unreachable", "Check the address, that its server is up, and what is on the way to it: network, proxy, TLS."],
  ["redirect_refused", "Call the address that it redirects to."],
])
