/** The part of a Workers KV binding that is used. */
export interface KeyValues {
  readonly get: (key: string, type: "text") => Promise<string | null>
  readonly put: (key: string, value: string, options?: { readonly expirationTtl?: number }) => Promise<void>
  readonly delete: (key: string) => Promise<void>
}
