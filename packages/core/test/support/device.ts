import { Person } from "@bearerkit/services"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { beginDeviceAuthorization } from "../../src/acquire/device-authorization.ts"
import { deviceCode } from "../../src/acquire/device-code.ts"
import { parseTarget, type TargetInput } from "../../src/model/target.ts"
import type { Client } from "../../src/protocol/client.ts"
import type { FlowInput } from "../laws/flow.ts"
import { alice } from "./world.ts"

export interface DeviceCase {
  readonly client: (issuer: string) => Client
  readonly target: TargetInput
  /** @default agree */
  readonly consent?: "agree" | "refuse"
}

/** The device flow with a person who has entered the code already, so that the first poll brings the answer; it is given up soon. */
export const deviceFlow =
  ({ client, target, consent = "agree" }: DeviceCase): FlowInput =>
  (issuer) =>
    Effect.gen(function* () {
      const begun = yield* beginDeviceAuthorization(client(issuer), Result.getOrThrow(parseTarget(target)))
      yield* Effect.promise(() => enter(begun.verificationUriComplete ?? begun.verificationUri, consent))
      return deviceCode({ ...begun, interval: 0.01, expiresAt: (yield* Clock.currentTimeMillis) + 2000 })
    })

/** Ends at a page of the issuer that leads nowhere. */
const enter = async (url: string, consent: "agree" | "refuse"): Promise<void> => {
  const last = await new Person({ ...alice, consent }).visit(url).then(
    () => "came back",
    (error: unknown) => String(error),
  )
  const expected = consent === "agree" ? /connected|success/i : /200:|denied|cancel|refuse|abort/i
  if (!expected.test(last)) throw new Error(last)
}
