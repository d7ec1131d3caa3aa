import { useAuth } from "@bearerkit/vue"
import { computed, defineComponent } from "vue"
import { RouterLink } from "vue-router"

/** The error route: what went wrong, and the way to try again. */
export const Failed = defineComponent(() => {
  const { refused, error } = useAuth()
  const wrong = computed(() => refused.value?.error ?? error.value)
  return () => (
    <>
      <h1>{wrong.value === undefined ? "Nothing is wrong any more" : "You could not be signed in"}</h1>
      {wrong.value !== undefined && (
        <p class="notice" role="alert">
          {wrong.value.message}
        </p>
      )}
      <p class="actions">
        <RouterLink to={refused.value?.target ?? "/account"} class="button">
          {() => (wrong.value === undefined ? "Go on" : "Try again")}
        </RouterLink>
        <RouterLink to="/">{() => "Back to the start"}</RouterLink>
      </p>
    </>
  )
})
