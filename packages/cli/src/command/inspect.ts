import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { CommandError } from "../command-error.ts"
import { clientOptions } from "../option/client.ts"
import { fromEnvironment } from "../option/environment.ts"
import { inspectOptions } from "../option/inspect.ts"
import { reportOptions } from "../option/report.ts"
import { list } from "../option/setting.ts"
import { withProgress } from "../output/progress.ts"
import { printResult } from "../output/write.ts"
import { oneFromStdin, readSecret } from "../secret/secret.ts"
import { description, examples } from "./inspect.help.ts"

const { issuer, clientSecretFile, timeout, allowInsecureRequests } = clientOptions

const options = {
  input: inspectOptions,
  client: { issuer, clientSecretFile, timeout, allowInsecureRequests },
  audience: list("audience", "NAME", "What the API is called that the token should be for"),
  report: reportOptions,
}

type InspectCommandOptions = Command.Command.Config.Infer<typeof options>

const inspectIt = Effect.fnUntraced(function* ({ input, client, audience, report }: InspectCommandOptions) {
  const { inspectToken } = yield* Effect.promise(() => import("../inspect/inspection.ts"))
  const { formatInspection } = yield* Effect.promise(() => import("../inspect/format-inspection.ts"))
  const { readTrust } = yield* Effect.promise(() => import("../inspect/trust.ts"))
  const tokenFile = input.tokenFile ?? (fromEnvironment("token") === undefined ? "-" : undefined)
  yield* oneFromStdin({
    "token-file": tokenFile,
    "client-secret-file": client.clientSecretFile,
    "keys-file": input.keysFile,
  })
  const token = yield* readSecret("token", tokenFile)
  if (token === undefined) return yield* noToken
  const trustFor = yield* readTrust({ client, keysFile: input.keysFile, audience })
  const now = Date.now() / 1000
  const inspection = yield* inspectToken(bare(Redacted.value(token)), {
    now,
    issuer: client.issuer,
    audience,
    trustFor,
  }).pipe(withProgress("Asking the issuer for its keys", report))
  yield* printResult(formatInspection(inspection, report))
  const [problem] = inspection.problems
  if (problem !== undefined) return yield* refused(problem.code, inspection.problems.length)
})

/** Strips a header's name and scheme, as printed by `bearerkit token --header`. */
const bare = (text: string): string => text.trim().replace(/^(?:authorization:\s*)?(?:bearer|dpop)\s+/i, "")

const noToken = new CommandError({
  code: "secret_unusable",
  what: "There is no token.",
  fix: "Pass --token-file FILE (- reads stdin), or set BEARERKIT_TOKEN.",
})

const refused = (code: CommandError["code"], count: number): CommandError =>
  new CommandError({
    code,
    what: count === 1 ? "There is something wrong with the token." : `There are ${count} things wrong with the token.`,
    fix: "Read the lines that begin with wrong.",
  })

/** `bearerkit inspect`: explains a token and verifies it. */
export const inspect = Command.make("inspect", options, inspectIt).pipe(
  Command.withShortDescription("Explain a token and check it"),
  Command.withDescription(description),
  Command.withExamples(examples),
)
