import { useAuth } from "@bearerkit/vue"
import { defineComponent } from "vue"

/** Shown only to people who have signed in strongly (`meta.acr`). */
export const Vault = defineComponent(() => {
  const { claims } = useAuth()
  return () => (
    <>
      <h1>The vault</h1>
      <p class="lead">
        This route wants <code>acr</code> gold, and your login has <code>{String(claims.value?.["acr"])}</code>.
      </p>
    </>
  )
})
