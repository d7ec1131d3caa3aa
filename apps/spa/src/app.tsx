import { useAuth } from "@bearerkit/vue"
import { defineComponent, watch } from "vue"
import { RouterLink, RouterView, useRouter } from "vue-router"
import { useContext } from "./context.ts"

const words = {
  "signed-in": "Signed in",
  "signed-out": "Signed out",
  "needs-login": "Sign in again",
  renewing: "Renewing",
  offline: "Offline",
} as const

/** The frame around every page: where one is, and how it stands. */
export const App = defineComponent(() => {
  const { status, isLoading, user } = useAuth()
  const { problem } = useContext()
  const router = useRouter()
  // a logout, here or in another tab, is no navigation, so no guard sees it
  watch(status, (now) => {
    if (now === "signed-out" && router.currentRoute.value.meta.auth !== false) void router.push("/")
  })
  return () => (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header>
        <RouterLink to="/" class="brand" aria-label="Orders, the start">
          {() => "Orders"}
        </RouterLink>
        <nav aria-label="Pages">
          <RouterLink to="/account">{() => "Account"}</RouterLink>
          <RouterLink to="/orders">{() => "Orders"}</RouterLink>
          <RouterLink to="/vault">{() => "Vault"}</RouterLink>
        </nav>
        <p class="status" role="status" data-status={isLoading.value ? "loading" : status.value}>
          <span class="dot" aria-hidden="true" />
          {isLoading.value ? "One moment" : words[status.value]}
          {user.value?.email === undefined ? "" : ` · ${user.value.email}`}
        </p>
      </header>
      {status.value === "offline" && (
        <p class="notice" role="alert">
          The issuer cannot be reached. You stay signed in, and everything goes on when it can.
        </p>
      )}
      {problem.value instanceof Error && (
        <p class="notice" role="alert">
          {problem.value.message}
        </p>
      )}
      <main id="main" tabindex={-1}>
        <RouterView />
      </main>
    </>
  )
})
