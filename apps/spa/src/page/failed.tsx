import { useAuth } from "@bearerkit/vue"
import { defineComponent } from "vue"
import { RouterLink } from "vue-router"

/** The error route: what went wrong, and the way to try again. */
export const Failed = defineComponent(() => {
  const { refused, error } = useAuth()
  return () => (
    <>
      <h1>You could not be signed in</h1>
      <p class="notice" role="alert">
        {(refused.value?.error ?? error.value)?.message ?? "There is nothing wrong any more."}
      </p>
      <p class="actions">
        <RouterLink to={refused.value?.target ?? "/account"} class="button">
          {() => "Try again"}
        </RouterLink>
        <RouterLink to="/">{() => "Back to the start"}</RouterLink>
      </p>
    </>
  )
})
