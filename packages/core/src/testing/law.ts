import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"

/** A promise of every implementation of a service, as a check that any test framework can run. */
export interface Law<Service, E = unknown> {
  readonly name: string
  /** To be provided with a service that is made anew; fails with `LawBroken` if the promise is not kept. */
  readonly check: Effect.Effect<void, E, Service>
}

/** What was seen is not what an implementation promises. */
export class LawBroken extends Data.TaggedError("LawBroken")<{
  readonly what: string
  readonly promised: unknown
  readonly seen: unknown
}> {
  override get message(): string {
    return `${this.what}: ${show(this.promised)} is promised, but it is ${show(this.seen)}.`
  }
}

/** Fails unless both are equal by value. */
export const expect = (what: string, seen: unknown, promised: unknown): Effect.Effect<void, LawBroken> =>
  Equal.equals(seen, promised) ? Effect.void : Effect.fail(new LawBroken({ what, promised, seen }))

const show = (value: unknown): string => JSON.stringify(value) ?? "nothing"
