import { AcquireError } from "@bearerkit/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { answerTo } from "./answer.ts"

export interface Framed {
  readonly url: string
  /** The `state` of the answer. */
  readonly state: string
  /** Milliseconds. */
  readonly timeout: number
}

/** Opens a URL in a hidden frame and waits for the URL that it comes back to; always removes the frame. */
export const answerInFrame = ({ url, state, timeout }: Framed): Effect.Effect<string, AcquireError> =>
  Effect.suspend(() => (navigator.onLine ? inFrame(url, state) : Effect.fail(offline(url)))).pipe(
    Effect.timeoutOrElse({ duration: timeout, orElse: () => Effect.fail(silent(url, timeout)) }),
  )

const inFrame = (url: string, state: string): Effect.Effect<string> =>
  Effect.acquireUseRelease(
    Effect.sync(() => openFrame(url)),
    () => Effect.promise((signal) => answerTo(state, signal)),
    (frame) => Effect.sync(() => frame.remove()),
  )

const openFrame = (url: string): HTMLIFrameElement => {
  const frame = document.createElement("iframe")
  // the style sheet of a page may show what is only hidden
  frame.style.display = "none"
  frame.src = url
  document.documentElement.append(frame)
  return frame
}

const offline = (url: string): AcquireError =>
  new AcquireError({ reason: { _tag: "Unreachable", url: endpointOf(url), detail: "offline" } })

const silent = (url: string, timeout: number): AcquireError => {
  const after = Duration.millis(timeout)
  return new AcquireError({ reason: { _tag: "TimedOut", url: endpointOf(url), after, fix } })
}

const fix =
  "In a frame the issuer can only redirect. Check its X-Frame-Options and frame-ancestors, the frame-src of this page, whether third-party cookies are blocked, and that the page of the redirectUri calls answerToParent."

/** Without the request. */
const endpointOf = (url: string): string => new URL(url).origin + new URL(url).pathname
