import * as Result from "effect/Result"

/** A value, or a promise of it. */
export type MaybePromise<A> = A | PromiseLike<A>

/** A promise of another library too: taken for a value it could pass a check. */
export const isPromise = <A>(later: MaybePromise<A>): later is PromiseLike<A> =>
  typeof later === "object" && later !== null && "then" in later && typeof later.then === "function"

/** Goes on at once where it can. */
export const after = <A, B>(later: MaybePromise<A>, use: (value: A) => MaybePromise<B>): MaybePromise<B> =>
  isPromise(later) ? later.then(use) : use(later)

/** The same for successes; a failure stays what it is. */
export const afterSuccess = <A, B, E>(
  later: MaybePromise<Result.Result<A, E>>,
  use: (value: A) => MaybePromise<Result.Result<B, E>>,
): MaybePromise<Result.Result<B, E>> =>
  after(later, (result) => (Result.isFailure(result) ? Result.fail(result.failure) : use(result.success)))
