import { isPendingHere, isState } from "./pending-login.ts"

/** Waits for the URL that a window or frame of this origin came back to; rejects with the signal's reason. */
export const answerTo = (state: string, signal: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const channel = channelFor(state)
    signal.addEventListener("abort", () => {
      channel.close()
      reject(signal.reason)
    })
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== "string" || !URL.canParse(data) || stateIn(new URL(data)) !== state) return
      // a channel reaches its own origin only
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      channel.postMessage("taken")
      resolve(data)
    })
  })

/** Hands the answer in this URL to the page that waits for it; resolves to whether one took it within two seconds. */
export const handOver = async (): Promise<boolean> => {
  const { href, pathname } = window.location
  const state = stateIn(new URL(href))
  if (state === null || !isState(state) || isPendingHere(window.sessionStorage, state)) return false
  const channel = channelFor(state)
  const taken = new Promise<boolean>((resolve) => {
    channel.addEventListener("message", () => resolve(true))
    setTimeout(() => resolve(false), patience)
  })
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  channel.postMessage(href)
  const isTaken = await taken
  channel.close()
  if (isTaken) window.history.replaceState(window.history.state, "", pathname)
  return isTaken
}

/** Milliseconds until nobody takes an answer any more. */
const patience = 2_000

/** Known to nobody but the two pages and the issuer. */
const channelFor = (state: string): BroadcastChannel => new BroadcastChannel(`bearerkit:answer:${state}`)

const stateIn = ({ searchParams, hash }: URL): string | null =>
  searchParams.get("state") ?? new URLSearchParams(hash.slice(1)).get("state")
