/** An event that a tab sends to the others, without tokens. */
export interface TabEvent {
  /** `asking`: a new tab has no login and wants to hear of one. */
  readonly type: "asking" | "renewed" | "signed-in" | "signed-out"
  /** The login's id. */
  readonly login: string | undefined
}

export interface Channel {
  readonly publish: (event: TabEvent) => void
  readonly close: () => void
}

/** Opens a channel to the other tabs of the origin, if the browser has `BroadcastChannel`. */
export const openChannel = (name: string, listener: (event: TabEvent) => void): Channel | undefined => {
  if (typeof BroadcastChannel === "undefined") return undefined
  const channel = new BroadcastChannel(name)
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (isEvent(data)) listener(data)
  })
  return {
    // a channel reaches its own origin only
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    publish: (event) => channel.postMessage({ version, ...event }),
    close: () => channel.close(),
  }
}

const version = 1

/** A tab may run another version of this code. */
const isEvent = (data: unknown): data is TabEvent => {
  const { version: itsVersion, type, login = "" } = Object(data) as Readonly<Record<string, unknown>>
  return itsVersion === version && types.includes(type) && typeof login === "string"
}

const types: ReadonlyArray<unknown> = ["asking", "renewed", "signed-in", "signed-out"] satisfies ReadonlyArray<
  TabEvent["type"]
>
