import { useAuth } from "@bearerkit/vue"
import { defineComponent, shallowReactive } from "vue"
import { RouterLink } from "vue-router"
import { useContext } from "../context.ts"
import { type Choice, flows, storages } from "../settings.ts"

/** Where one chooses how to sign in. */
export const Home = defineComponent(() => {
  const { isAuthenticated, error } = useAuth()
  const { choice, signIn, signOut, problem } = useContext()
  const chosen = shallowReactive({ ...choice })
  return () => (
    <div class="hero">
      <h1>One login, every tab</h1>
      <p class="lead">
        A person signs in at the issuer, the tokens stay where you say, and the API gets exactly the one that is for it.
      </p>
      {isAuthenticated.value ? (
        <p class="actions">
          <RouterLink to="/account" class="button">
            {() => "Your account"}
          </RouterLink>
          <button type="button" class="quiet" onClick={() => signOut()}>
            Sign out
          </button>
        </p>
      ) : (
        <form
          class="card choice"
          onSubmit={(event) => {
            event.preventDefault()
            signIn(chosen)
          }}
        >
          <label>
            How you come back
            <select
              value={chosen.flow}
              onChange={(event) => (chosen.flow = (event.target as HTMLSelectElement).value as Choice["flow"])}
            >
              {Object.entries(flows).map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </label>
          <label>
            Where tokens are kept
            <select
              value={chosen.storage}
              onChange={(event) => (chosen.storage = (event.target as HTMLSelectElement).value as Choice["storage"])}
            >
              {Object.entries(storages).map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          </label>
          <button type="submit">Sign in</button>
        </form>
      )}
      {error.value !== undefined && problem.value === undefined && (
        <p class="notice" role="alert">
          {error.value.message}
        </p>
      )}
    </div>
  )
})
