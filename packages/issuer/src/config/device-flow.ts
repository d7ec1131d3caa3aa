import type { Section } from "./section.ts"

/** How the device authorization grant behaves (RFC 8628). */
export interface DeviceFlowConfig {
  /** Seconds between two polls, as sent to the device. @default 5 */
  readonly interval?: number
  /** Seconds until the code on the device expires. @default 600 */
  readonly lifetime?: number
  /** Answer `slow_down` to a device that polls faster than `interval`. @default false */
  readonly slowDown?: boolean
}

export interface DeviceFlow {
  readonly interval: number
  readonly lifetime: number
  readonly slowDown: boolean
}

export const readDeviceFlow = (config: Section): DeviceFlow => {
  const section = config.section("deviceFlow", ["interval", "lifetime", "slowDown"])
  return {
    interval: section.seconds("interval", 5),
    lifetime: section.seconds("lifetime", 600),
    slowDown: section.flag("slowDown"),
  }
}
