import { type Client, Discovery, discoveryLayer, httpLayer, sharedFlightsLayer } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { ownFix } from "../client/own-fix.ts"
import { checkClient } from "./check-client.ts"
import { checkClock } from "./check-clock.ts"
import { checkCors } from "./check-cors.ts"
import { checkKeys } from "./check-keys.ts"
import { checkMetadata } from "./check-metadata.ts"
import { checkRedirectUris } from "./check-redirect-uris.ts"
import { type Finding, findings } from "./finding.ts"
import type { CheckContext } from "./check-context.ts"

export interface DoctorInput extends Omit<CheckContext, "metadata"> {
  readonly client: Client | undefined
  /** Seconds for each response. */
  readonly timeout: number
  readonly allowInsecureRequests: boolean
}

/** Checks everything that a client and its issuer must agree on. Without metadata there is nothing more to check. */
export const examine = (input: DoctorInput): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.gen(function* () {
    if (!URL.canParse(input.issuer)) return [issuer.fail(...noUrl)]
    const found = yield* Effect.result(Discovery.use((discovery) => discovery.metadata(input.issuer)))
    if (Result.isFailure(found)) {
      const { code, what, fix } = found.failure.explanation
      return [issuer.fail(what, isDocument(input.issuer) ? noDocument : ownFix(code, fix))]
    }
    const context = { ...input, metadata: found.success }
    return [
      issuer.ok("The issuer answers, and calls itself what you call it."),
      ...checkMetadata(found.success),
      ...(yield* Effect.orElseSucceed(checkClock(context), () => [clock.warn(...noTime)])),
      ...(yield* checkKeys(context)),
      ...(yield* checkClient(context)),
      ...(yield* checkRedirectUris(context)),
      ...(yield* checkCors(context)),
    ]
  }).pipe(Effect.provide(network(input)))

const issuer = findings("issuer")
const clock = findings("clock")
const noTime = ["The issuer does not tell its time.", "Compare the clocks by hand."] as const

const noUrl = ["The issuer is not an absolute URL.", "Begin it with https://."] as const
const isDocument = (address: string): boolean => address.includes("/.well-known/")
const noDocument = "Name the issuer, not its document: leave /.well-known/ away, and what follows it."

const network = ({ timeout, allowInsecureRequests }: DoctorInput) =>
  discoveryLayer.pipe(
    Layer.provideMerge(Layer.merge(httpLayer({ timeout: timeout * 1000, allowInsecureRequests }), sharedFlightsLayer)),
  )
