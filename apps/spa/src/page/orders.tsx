import { BearerError, useApi } from "@bearerkit/vue"
import { defineComponent, shallowRef } from "vue"
import { useContext } from "../context.ts"

interface Answer {
  readonly title: string
  readonly isGood: boolean
  readonly body: string
}

/** Calls the API: as oneself, through the next one, and where it wants another login. */
export const Orders = defineComponent(() => {
  const { auth, world } = useContext()
  const answer = shallowRef<Answer>()
  const fail = (title: string, error: unknown): void => {
    const body = error instanceof BearerError ? error.message : "Something went wrong."
    answer.value = { title, isGood: false, body }
  }
  const show = async (title: string, asked: Promise<Response>): Promise<void> => {
    try {
      const response = await asked
      answer.value = { title: `${title}: ${response.status}`, isGood: response.ok, body: await pretty(response) }
    } catch (error) {
      fail(title, error)
    }
  }
  const { fetch } = useApi({
    onResumed: ({ request, response }) =>
      void show(`${request.method} ${pathOf(request.url)}, resumed`, Promise.resolve(response)),
    onError: (error) => fail("The resumed request", error),
  })
  const call = () => show("GET /whoami", fetch(`${world.api}/whoami`))
  const delegated = () => show("GET /whoami for the next API", callNext())
  const transfer = () => show("POST /transfer", fetch(`${world.api}/transfer`, { method: "POST", body: "{}", headers }))

  const callNext = async (): Promise<Response> => {
    const token = await auth.delegate({ audience: world.nextAudience, scope: "billing:read" })
    return window.fetch(`${world.api}/whoami`, { headers: { authorization: `Bearer ${token}` } })
  }

  return () => (
    <>
      <h1>Call the API</h1>
      <div class="columns three">
        <section class="card">
          <h2>As yourself</h2>
          <p>With the token that is for this API.</p>
          <button type="button" onClick={() => void call()}>
            Call the API
          </button>
        </section>
        <section class="card">
          <h2>The next API</h2>
          <p>With a token that yours was traded for (RFC 8693).</p>
          <button type="button" onClick={() => void delegated()}>
            Call by delegation
          </button>
        </section>
        <section class="card">
          <h2>Transfer</h2>
          <p>The API wants a stronger login (RFC 9470). You come back, and it is done.</p>
          <button type="button" onClick={() => void transfer()}>
            Transfer
          </button>
        </section>
      </div>
      <section class="card answer" aria-live="polite" aria-label="Answer" data-good={answer.value?.isGood}>
        <h2>{answer.value?.title ?? "No answer yet"}</h2>
        {answer.value !== undefined && <pre tabindex={0}>{answer.value.body}</pre>}
      </section>
    </>
  )
})

const headers = { "content-type": "application/json" }

const pathOf = (url: string): string => new URL(url).pathname

const pretty = async (response: Response): Promise<string> => {
  const text = await response.text()
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
