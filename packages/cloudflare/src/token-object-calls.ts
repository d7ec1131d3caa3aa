import type { Stored } from "@bearerkit/core"

/** What a write expects to find: this version, nothing (`null`), or anything. */
export type Expected = string | null | undefined

/** What a `TokenObject` can be asked from elsewhere. Each call may be sent twice. */
export interface TokenObjectCalls {
  readonly read: () => Answer<Stored | undefined>
  /** `ttl` in milliseconds. */
  readonly write: (kept: Stored & { readonly ttl: number }, expected: Expected) => Answer<boolean>
  readonly remove: (expected: string | undefined) => Answer<boolean>
  readonly take: (owner: string, millis: number) => Answer<boolean>
  readonly extend: (owner: string, millis: number) => Answer<boolean>
  readonly release: (owner: string) => Answer<void>
}

/** At once within the object, later from elsewhere. */
type Answer<A> = A | Promise<A>

/** A binding of a Durable Object class, as far as it is needed here. */
export interface TokenObjects {
  readonly idFromName: (name: string) => DurableObjectId
  readonly get: (id: DurableObjectId) => unknown
}
