import type { Stored } from "@bearerkit/core"

/** What a write expects to find: this version, nothing (`null`), or anything. */
export type Expected = string | null | undefined

/** The remote calls of a `TokenObject`. Each may be sent twice. */
export interface TokenObjectCalls {
  readonly read: () => Answer<Stored | undefined>
  /** `ttl` in milliseconds. */
  readonly write: (kept: Stored & { readonly ttl: number }, expected: Expected) => Answer<boolean>
  readonly remove: (expected: string | undefined) => Answer<boolean>
  readonly take: (owner: string, millis: number) => Answer<boolean>
  readonly extend: (owner: string, millis: number) => Answer<boolean>
  readonly release: (owner: string) => Answer<void>
}

/** Synchronous within the object, a promise from elsewhere. */
type Answer<A> = A | Promise<A>

/** The part of a Durable Object binding that is used. */
export interface TokenObjects {
  readonly idFromName: (name: string) => DurableObjectId
  readonly get: (id: DurableObjectId) => unknown
}
