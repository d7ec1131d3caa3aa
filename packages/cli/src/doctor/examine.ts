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
import type { Patient } from "./patient.ts"

export interface Complaint extends Omit<Patient, "metadata"> {
  readonly client: Client | undefined
  /** Seconds for each answer. */
  readonly timeout: number
  readonly allowInsecureRequests: boolean
}

/** Looks at everything that a client and its issuer have to agree on. Without metadata there is nothing more to look at. */
export const examine = (complaint: Complaint): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.gen(function* () {
    if (!URL.canParse(complaint.issuer)) return [issuer.fail(...noUrl)]
    const found = yield* Effect.result(Discovery.use((discovery) => discovery.metadata(complaint.issuer)))
    if (Result.isFailure(found)) {
      const { code, what, fix } = found.failure.explanation
      return [issuer.fail(what, isDocument(complaint.issuer) ? noDocument : ownFix(code, fix))]
    }
    const patient = { ...complaint, metadata: found.success }
    return [
      issuer.ok("The issuer answers, and calls itself what you call it."),
      ...checkMetadata(found.success),
      ...(yield* Effect.orElseSucceed(checkClock(patient), () => [clock.warn(...noTime)])),
      ...(yield* checkKeys(patient)),
      ...(yield* checkClient(patient)),
      ...(yield* checkRedirectUris(patient)),
      ...(yield* checkCors(patient)),
    ]
  }).pipe(Effect.provide(network(complaint)))

const issuer = findings("issuer")
const clock = findings("clock")
const noTime = ["The issuer's time cannot be had.", "Compare the clocks by hand."] as const

const noUrl = ["The issuer is not an absolute URL.", "Begin it with https://."] as const
const isDocument = (address: string): boolean => address.includes("/.well-known/")
const noDocument = "Name the issuer, not its document: leave /.well-known/ away, and what follows it."

const network = ({ timeout, allowInsecureRequests }: Complaint) =>
  discoveryLayer.pipe(
    Layer.provideMerge(Layer.merge(httpLayer({ timeout: timeout * 1000, allowInsecureRequests }), sharedFlightsLayer)),
  )
