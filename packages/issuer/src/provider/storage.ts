import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider"

interface Stored {
  readonly payload: AdapterPayload
  readonly expiresAt: number
}

/** What oidc-provider keeps, in the memory of one issuer; of more than `capacity` entries the oldest make room. */
export const memoryStorage = (capacity: number): AdapterFactory => {
  const entries = new Map<string, Stored>()

  const read = (key: string): AdapterPayload | undefined => {
    const stored = entries.get(key)
    if (stored === undefined || stored.expiresAt > Date.now()) return stored?.payload
    entries.delete(key)
    return undefined
  }

  const makeRoom = (): void => {
    if (entries.size < capacity) return
    for (const key of entries.keys()) read(key)
    for (const key of entries.keys()) {
      if (entries.size < capacity) return
      entries.delete(key)
    }
  }

  const first = (model: string, matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
    for (const key of entries.keys()) {
      const payload = key.startsWith(`${model}:`) ? read(key) : undefined
      if (payload !== undefined && matches(payload)) return payload
    }
    return undefined
  }

  return (model): Adapter => ({
    upsert: async (id, payload, expiresIn) => {
      makeRoom()
      const expiresAt = expiresIn === undefined ? Infinity : Date.now() + (expiresIn + keptAfter(model)) * 1000
      entries.set(`${model}:${id}`, { payload: structuredClone(payload), expiresAt })
    },
    find: async (id) => read(`${model}:${id}`),
    findByUid: async (uid) => first(model, (payload) => payload.uid === uid),
    findByUserCode: async (userCode) => first(model, (payload) => payload.userCode === userCode),
    consume: async (id) => {
      const payload = read(`${model}:${id}`)
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
    },
    destroy: async (id) => {
      entries.delete(`${model}:${id}`)
    },
    revokeByGrantId: async (grantId) => {
      for (const [key, { payload }] of entries) {
        if (key.startsWith(`${model}:`) && payload.grantId === grantId) entries.delete(key)
      }
    },
  })
}

// Who comes with an expired device code must hear that it has expired (RFC 8628 §3.5), not that there is none.
const keptAfter = (model: string): number => (model === "DeviceCode" ? 3600 : 0)
