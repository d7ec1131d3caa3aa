import { clientObserver, type TelemetryEvent } from "@bearerkit/browser"
import type { setupDevtoolsPlugin } from "@vue/devtools-api"
import { watch } from "vue"
import type { AuthDevtools } from "../auth.ts"
import { type Happening, happeningAtStart, happeningOfState, happeningOfTelemetry, layers } from "./happening.ts"
import { stateOf, treeOf, type View } from "./inspector.ts"

/**
 * A panel for Vue's devtools: who is signed in, the targets of the tokens and their time left, and a timeline of
 * requests and errors; never a token. For the option `devtools` of `createAuth`, in development: in production Vue
 * reports no application to its devtools, unless it is built with `__VUE_PROD_DEVTOOLS__`. If the devtools cannot be
 * loaded, as in a browser that blocks its storage, the console says so (`no-devtools`).
 */
export const authDevtools = (): AuthDevtools =>
  makeAuthDevtools(typeof window === "undefined" ? undefined : setupOnceLoaded)

export type Setup = (...plugin: Parameters<typeof setupDevtoolsPlugin>) => void
type Api = Parameters<Parameters<Setup>[1]>[0]

/** Vue's devtools read the local storage when they are loaded: where a browser blocks that, only the panel is missing. */
const setupOnceLoaded: Setup = (...plugin) => {
  import("@vue/devtools-api").then((api) => api.setupDevtoolsPlugin(...plugin)).catch(toConsole)
}

const toConsole = (error: unknown): void => {
  // oxlint-disable-next-line no-console
  console.warn(`[bearerkit] no-devtools: Vue's devtools cannot be loaded, so there is no panel (${String(error)}).`)
}

/** The same over any devtools, or none, as on a server. */
export const makeAuthDevtools = (setup: Setup | undefined): AuthDevtools => {
  const observer = clientObserver()
  const counts = new Map<string, number>()
  let happenings: ReadonlyArray<Happening> = []
  let api: Api | undefined

  const add = (happening: Happening | undefined): void => {
    if (happening !== undefined) {
      happenings = [...happenings, happening].slice(-capacity)
      if (api !== undefined) tell(api, happening)
    }
    if (api !== undefined) refresh(api)
  }
  observer.subscribe((event: TelemetryEvent) => {
    if (event.type === "count") counts.set(event.name, (counts.get(event.name) ?? 0) + 1)
    add(happeningOfTelemetry(event, Date.now()))
  })

  const install: AuthDevtools["install"] = (app, auth) => {
    if (setup === undefined) return
    let timer: ReturnType<typeof setInterval> | undefined
    let isMounted = true
    const view = (): View => ({
      state: auth.state.value,
      refused: auth.refused.value,
      tokens: observer.tokens(),
      happenings,
      counts,
    })
    void auth.ready.then((arrival) => add(happeningAtStart(arrival, Date.now())))
    const stop = watch(auth.state, (now, before) => add(happeningOfState(before, now, Date.now())), { flush: "sync" })
    app.onUnmount(() => {
      stop()
      isMounted = false
      clearInterval(timer)
      api = undefined
    })

    setup({ id, app, label: "BearerKit", packageName: "@bearerkit/vue", enableEarlyProxy: true }, (given) => {
      if (!isMounted) return
      api = given
      for (const [layer, { label, color }] of Object.entries(layers)) {
        given.addTimelineLayer({ id: layerId(layer), label, color })
      }
      given.addInspector({ id, label: "BearerKit", icon: "key", treeFilterPlaceholder: "Search tokens" })
      given.on.getInspectorTree((payload) => {
        if (payload.app === app && payload.inspectorId === id) payload.rootNodes = treeOf(view(), payload.filter)
      })
      given.on.getInspectorState((payload) => {
        if (payload.app === app && payload.inspectorId === id) payload.state = stateOf(view(), payload.nodeId)
      })
      for (const happening of happenings) tell(given, happening)
      clearInterval(timer)
      // the time that is left runs down although nothing happens
      timer = setInterval(() => refresh(given), 1000)
    })
  }
  return { observer, install }
}

const id = "bearerkit"
const layerId = (layer: string): string => `${id}:${layer}`
/** What has happened is kept for panels that are opened later. */
const capacity = 100

const refresh = (api: Api): void => {
  api.sendInspectorTree(id)
  api.sendInspectorState(id)
}

const tell = (api: Api, { layer, time, title, subtitle, level, data }: Happening): void =>
  api.addTimelineEvent({ layerId: layerId(layer), event: { time, title, subtitle, logType: level, data } })
