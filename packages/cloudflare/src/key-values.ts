/** A binding of Workers KV, as far as it is needed here. */
export interface KeyValues {
  readonly get: (key: string, type: "text") => Promise<string | null>
  readonly put: (key: string, value: string, options?: { readonly expirationTtl?: number }) => Promise<void>
  readonly delete: (key: string) => Promise<void>
}
