import * as Result from "effect/Result"

/** A value or a promise of one. */
export type MaybePromise<A> = A | PromiseLike<A>

/** Accepts any thenable: a foreign promise mistaken for a value could pass a check. */
export const isPromise = <A>(later: MaybePromise<A>): later is PromiseLike<A> =>
  typeof later === "object" && later !== null && "then" in later && typeof later.then === "function"

/** Continues with a value: at once, or when its promise resolves. */
export const after = <A, B>(later: MaybePromise<A>, use: (value: A) => MaybePromise<B>): MaybePromise<B> =>
  isPromise(later) ? later.then(use) : use(later)

/** The same for successful results; failures are passed through. */
export const afterSuccess = <A, B, E>(
  later: MaybePromise<Result.Result<A, E>>,
  use: (value: A) => MaybePromise<Result.Result<B, E>>,
): MaybePromise<Result.Result<B, E>> =>
  after(later, (result) => (Result.isFailure(result) ? Result.fail(result.failure) : use(result.success)))
