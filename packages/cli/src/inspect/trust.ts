import * as Effect from "effect/Effect"
import { CommandError } from "../command-error.ts"
import { readText } from "../input/read-source.ts"
import type { ClientOptions } from "../option/client.ts"
import { readSecret } from "../secret/secret.ts"
import type { JsonObject } from "./decode.ts"
import type { InspectOptions } from "./inspection.ts"

export interface TrustOptions {
  readonly client: Pick<ClientOptions, "allowInsecureRequests" | "clientSecretFile" | "issuer" | "timeout">
  readonly keysFile: string | undefined
  readonly audience: ReadonlyArray<string>
}

/** The keys that the options provide for checking a signature; which one depends on the token's algorithm. */
export const readTrust: (options: TrustOptions) => Effect.Effect<InspectOptions["trustFor"], CommandError> =
  Effect.fnUntraced(function* ({ client, keysFile, audience }) {
    const set = keysFile === undefined ? undefined : yield* readKeys(keysFile)
    const secret = yield* readSecret("client-secret", client.clientSecretFile)
    const { issuer, timeout = 10, allowInsecureRequests } = client
    const rest = { issuer, audience, timeout, allowInsecureRequests }
    return ({ alg }) => {
      if (/^HS\d+$/.test(String(alg))) {
        return secret === undefined ? { untrusted: bySecret } : { ...rest, keys: { secret } }
      }
      if (set !== undefined) return { ...rest, keys: { set } }
      return issuer === undefined ? { untrusted: byIssuer } : { ...rest, keys: { issuer } }
    }
  })

const byIssuer = "pass --issuer to check the signature with the issuer's keys, or --keys-file"

const bySecret = "it is signed with a secret; set BEARERKIT_CLIENT_SECRET or pass --client-secret-file to check that"

const readKeys = (file: string): Effect.Effect<JsonObject, CommandError> =>
  readText(file, 1024 * 1024).pipe(
    Effect.mapError((problem) => notKeys(problem)),
    Effect.flatMap((text) =>
      Effect.try({ try: () => JSON.parse(text) as unknown, catch: () => notKeys("is not JSON") }),
    ),
    Effect.flatMap((json) =>
      typeof json === "object" && json !== null && "keys" in json && Array.isArray(json.keys)
        ? Effect.succeed(json as unknown as JsonObject)
        : Effect.fail(notKeys("is not a JWK Set")),
    ),
  )

const notKeys = (problem: string): CommandError =>
  new CommandError({
    code: "invalid_options",
    what: `What --keys-file names ${problem}.`,
    fix: 'Give a file with {"keys": [...]} (RFC 7517 §5).',
  })
