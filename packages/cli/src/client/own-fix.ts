import { userDirectory } from "@bearerkit/node"

/** The fix in terms of the command's options, where the library names its own. */
export const ownFix = (code: string, fix: string): string =>
  byCode.get(code) ?? inOwnWords.reduce((words, [theirs, ours]) => words.replace(theirs, ours), fix)

const inOwnWords: ReadonlyArray<readonly [theirs: string, ours: string]> = [
  ["allowInsecureRequests", "--allow-insecure-requests"],
]

const byCode: ReadonlyMap<string, string> = new Map([
  [
    "login_required",
    "Run bearerkit login, with the same issuer, client and account; for a service account give BEARERKIT_CLIENT_SECRET.",
  ],
  ["store_unavailable", `Check the folder ${userDirectory()}: this user must be able to read and write it.`],
  ["redirect_refused", "Call the address that it redirects to."],
])
