import { isPromise, type MaybePromise } from "../model/maybe-promise.ts"

/** Fails as soon as it is aborted; work that has not begun by then never begins. */
export const unlessAborted = <A>(
  signal: AbortSignal | null | undefined,
  work: () => MaybePromise<A>,
): MaybePromise<A> => {
  signal?.throwIfAborted()
  const later = work()
  if (!signal || !isPromise(later)) return later
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason as Error)
    const leave = () => signal.removeEventListener("abort", giveUp)
    signal.addEventListener("abort", giveUp)
    later.then(resolve, reject)
    later.then(leave, leave)
  })
}
