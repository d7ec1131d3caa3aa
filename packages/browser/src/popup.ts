import { BearerError } from "@bearerkit/core"
import { answerTo, handOver } from "./answer.ts"
import type { BrowserClient } from "./client.ts"
import type { Arrival, LoginOptions } from "./options.ts"

/** Options of `loginByPopup`. */
export interface PopupOptions {
  /** The features for `window.open`. @default "popup,width=480,height=720" */
  readonly features?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Signs a person in in another window, while this page stays. Call it in a click handler. The window comes back to the
 * `redirectUri`, whose page must call `answerToOpener`. Rejects with `popup_blocked`, with `popup_closed` if the person
 * closes the window, and otherwise as the client does. It does not use `window.opener`, so the issuer may set a
 * Cross-Origin-Opener-Policy.
 */
export const loginByPopup = async (
  client: Pick<BrowserClient, "begin" | "complete">,
  login: LoginOptions = {},
  { features = "popup,width=480,height=720", signal }: PopupOptions = {},
): Promise<Arrival> => {
  signal?.throwIfAborted()
  // before anything is awaited: a browser opens windows only while a click is handled
  const popup = window.open("", "_blank", features)
  if (popup === null) throw blocked()
  try {
    const { url, state } = await client.begin(login)
    signal?.throwIfAborted()
    popup.location.replace(url)
    return await client.complete(await answerFrom(popup, state, signal))
  } finally {
    popup.close()
  }
}

/**
 * Hands an answer of the issuer to the page that waits for it, and closes this window; resolves to whether a page took
 * it. Call it on the page of the `redirectUri`, before `ready`. A browser may leave the window open, so tell the person
 * that it can be closed.
 */
export const answerToOpener = async (): Promise<boolean> => {
  const isTaken = await handOver()
  if (isTaken) window.close()
  return isTaken
}

const answerFrom = async (popup: Window, state: string, signal: AbortSignal | undefined): Promise<string> => {
  const over = new AbortController()
  const timer = setInterval(
    whenGivenUp(popup, () => over.abort(closed())),
    look,
  )
  try {
    return await answerTo(state, signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]))
  } finally {
    clearInterval(timer)
    over.abort()
  }
}

const look = 250
const looks = 4

/**
 * A window that its issuer has cut off looks closed too, but then the person is in it and not here. And an answer may
 * still be on its way.
 */
const whenGivenUp = (popup: Window, givenUp: () => void): (() => void) => {
  let seen = 0
  return () => {
    seen = popup.closed && document.hasFocus() ? seen + 1 : 0
    if (seen === looks) givenUp()
  }
}

const blocked = (): BearerError => {
  const fix = "Call it while a click is handled, and ask the person to allow windows of this page."
  return new BearerError("popup_blocked", `The browser opened no window. ${fix}`, { fix })
}

const closed = (): BearerError => {
  const fix = "Let the person try again."
  return new BearerError("popup_closed", `The person has closed the window. ${fix}`, { fix, retryable: true })
}
