import { computed, defineAsyncComponent, defineComponent, h } from "vue"
import { useApi, useAuth } from "../../src/index.ts"

const Greeting = defineComponent(() => {
  const { user, isLoading, logout } = useAuth()
  useApi({ onResumed: () => {} })
  return () =>
    h("button", { onClick: () => void logout() }, isLoading.value ? "One moment" : `Hello ${user.value?.name}`)
})

/** Comes later, as a part of the page that is loaded for itself. */
const Late = defineAsyncComponent(async () => {
  await Promise.resolve()
  return defineComponent(() => {
    const { status } = useAuth()
    return () => h("em", status.value)
  })
})

/** An application whose parts come and go with the login; a server renders it as a page does. */
export const Application = defineComponent(() => {
  const { isAuthenticated, status } = useAuth()
  const parts = computed(() => (isAuthenticated.value ? [h(Greeting)] : [h("p", "Nobody is signed in")]))
  return () => h("main", [h("output", status.value), ...parts.value, h(Greeting), h(Late)])
})
