import * as Result from "effect/Result"

/** A value, or a promise of it. */
export type Later<A> = A | PromiseLike<A>

/** A promise of another library too: taken for a value it could pass a check. */
export const isPromise = <A>(later: Later<A>): later is PromiseLike<A> =>
  typeof later === "object" && later !== null && "then" in later && typeof later.then === "function"

/** Goes on at once where it can. */
export const after = <A, B>(later: Later<A>, use: (value: A) => Later<B>): Later<B> =>
  isPromise(later) ? later.then(use) : use(later)

/** The same for successes; a failure stays what it is. */
export const afterSuccess = <A, B, E>(
  later: Later<Result.Result<A, E>>,
  use: (value: A) => Later<Result.Result<B, E>>,
): Later<Result.Result<B, E>> =>
  after(later, (result) => (Result.isFailure(result) ? Result.fail(result.failure) : use(result.success)))
