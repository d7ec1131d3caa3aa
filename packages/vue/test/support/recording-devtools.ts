import type { App } from "vue"
import type { Setup } from "../../src/devtools/auth-devtools.ts"
import type { Sections, TreeNode } from "../../src/devtools/inspector.ts"

type Api = Parameters<Parameters<Setup>[1]>[0]
type TimelineEvent = Parameters<Api["addTimelineEvent"]>[0]

export interface RecordingDevtools {
  readonly setup: Setup
  /** Opens the panel: until then the devtools only know that there is one to be set up. */
  readonly open: () => void
  readonly events: ReadonlyArray<TimelineEvent>
  readonly layers: ReadonlyArray<string>
  /** How often the panel was told to look again. */
  readonly looks: () => number
  /** What the inspector shows now. */
  readonly tree: (filter?: string) => ReadonlyArray<TreeNode>
  readonly state: (nodeId: string) => Sections
  /** Everything that was handed over so far, but the application itself. */
  readonly handedOver: () => string
}

/** Stands where Vue's devtools would, and keeps what they are given. */
export const recordingDevtools = (): RecordingDevtools => {
  const handed: Array<unknown> = []
  const events: Array<TimelineEvent> = []
  const layers: Array<string> = []
  const handlers: Record<string, (payload: object) => void> = {}
  let app: App | undefined
  let inspectorId = ""
  let looks = 0
  let openNow = (): void => {}

  const api = {
    addTimelineLayer: (layer: Parameters<Api["addTimelineLayer"]>[0]) => {
      handed.push(layer)
      layers.push(layer.id)
    },
    addTimelineEvent: (event: TimelineEvent) => {
      handed.push(event)
      events.push(event)
    },
    addInspector: (inspector: Parameters<Api["addInspector"]>[0]) => {
      handed.push(inspector)
      inspectorId = inspector.id
    },
    sendInspectorTree: () => {
      looks += 1
    },
    sendInspectorState: () => {},
    on: {
      getInspectorTree: (handler: (payload: object) => void) => void (handlers["tree"] = handler),
      getInspectorState: (handler: (payload: object) => void) => void (handlers["state"] = handler),
    },
  }
  const ask = (name: "state" | "tree", more: object): Record<string, unknown> => {
    const payload: Record<string, unknown> = { app, inspectorId, ...more }
    handlers[name]?.(payload)
    handed.push(payload["state"], payload["rootNodes"])
    return payload
  }
  const tree: RecordingDevtools["tree"] = (filter = "") =>
    (ask("tree", { filter })["rootNodes"] as ReadonlyArray<TreeNode> | undefined) ?? []
  const state: RecordingDevtools["state"] = (nodeId) =>
    (ask("state", { nodeId })["state"] as Sections | undefined) ?? {}

  return {
    setup: ({ app: itsApp, ...descriptor }, fn) => {
      app = itsApp as App
      handed.push(descriptor)
      openNow = () => fn(api as unknown as Api)
    },
    open: () => openNow(),
    events,
    layers,
    looks: () => looks,
    tree,
    state,
    handedOver: () => {
      for (const { id } of tree()) state(id)
      return JSON.stringify(handed)
    },
  }
}
