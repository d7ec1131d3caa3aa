import { type Credential, isHeld } from "@bearerkit/browser"
import { useAuth } from "@bearerkit/vue"
import { defineComponent, onScopeDispose, shallowRef, watch } from "vue"
import { useContext } from "../context.ts"
import { Ring } from "../ring.tsx"

/** Who is signed in, and how long the token lasts. */
export const Account = defineComponent(() => {
  const { user, claims, status } = useAuth()
  const { auth, clock, signOut } = useContext()
  const credential = shallowRef<Credential & { readonly since: number }>()
  const look = async (): Promise<void> => {
    const found = await auth.credential()
    if (found.expiresAt !== credential.value?.expiresAt) credential.value = { ...found, since: clock.now() }
  }
  const follow = (): void => {
    if (!isHeld(status.value)) credential.value = undefined
    if (status.value === "signed-in") look().catch(() => {})
  }
  watch(status, follow, { immediate: true })
  // another tab may have renewed it
  const timer = setInterval(follow, 1000)
  onScopeDispose(() => clearInterval(timer))
  const expiryOf =
    ({ expiresAt }: Credential) =>
    (): void =>
      clock.moveOn(expiresAt - clock.now() + 1000)
  return () => (
    <>
      <h1>{user.value?.name ?? user.value?.email ?? "Your account"}</h1>
      <div class="columns">
        <section class="card" aria-labelledby="token">
          <h2 id="token">The token</h2>
          {credential.value !== undefined && (
            <>
              <Ring now={clock.now} from={credential.value.since} until={credential.value.expiresAt} />
              <ul class="scopes" aria-label="Scopes">
                {credential.value.scopes.map((scope) => (
                  <li key={scope}>{scope}</li>
                ))}
              </ul>
              <p class="actions">
                <button type="button" class="quiet" onClick={expiryOf(credential.value)}>
                  Let it expire
                </button>
              </p>
            </>
          )}
        </section>
        <section class="card" aria-labelledby="claims">
          <h2 id="claims">What the ID token says</h2>
          <dl>
            {Object.entries(claims.value ?? {}).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{readable(name, value)}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      <p class="actions">
        <button type="button" onClick={() => signOut()}>
          Sign out in all tabs
        </button>
        <button type="button" class="quiet" onClick={() => signOut({ everywhere: true })}>
          And at the issuer
        </button>
      </p>
    </>
  )
})

const readable = (name: string, value: unknown): string => {
  if (times.has(name) && typeof value === "number") return new Date(value * 1000).toLocaleString()
  return typeof value === "string" ? value : JSON.stringify(value)
}

/** Claims that are seconds since 1970. */
const times: ReadonlySet<string> = new Set(["auth_time", "exp", "iat", "nbf"])
