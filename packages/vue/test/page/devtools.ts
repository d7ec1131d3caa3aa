import { devtools, DevToolsContextHookKeys as Key, toggleHighPerfMode } from "@vue/devtools-kit"

/** What Vue's devtools have been given by the page, plugins' ids in front. */
export interface Given {
  readonly inspectors: Array<string>
  readonly layers: Array<string>
  readonly events: Array<{ readonly layer: string; readonly title: string; readonly data: unknown }>
  /** Opens the panel; plugins are asked for what they have from then on. */
  readonly open: () => void
  readonly tree: () => Promise<unknown>
  readonly state: (nodeId: string) => Promise<unknown>
}

declare global {
  interface Window {
    given: Given
  }
}

// as the extension of a browser does it, before anything of the page runs
devtools.init()
const { hooks } = devtools.ctx
const given: Given = {
  inspectors: [],
  layers: [],
  events: [],
  open: () => toggleHighPerfMode(false),
  tree: () => devtools.api.getInspectorTree({ inspectorId: "bearerkit", filter: "" }),
  state: (nodeId) => devtools.api.getInspectorState({ inspectorId: "bearerkit", nodeId }),
}
hooks.hook(Key.ADD_INSPECTOR, ({ inspector, plugin }) => {
  given.inspectors.push(`${plugin.descriptor.id} ${inspector.id}`)
})
hooks.hook(Key.TIMELINE_LAYER_ADDED, ({ options, plugin }) => {
  given.layers.push(`${plugin.descriptor.id} ${options.id}`)
})
hooks.hook(Key.TIMELINE_EVENT_ADDED, ({ options: { layerId, event }, plugin }) => {
  if (plugin.descriptor.id !== "bearerkit") return
  given.events.push({ layer: layerId, title: event.title ?? "", data: event.data })
})
window.given = given
