import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider"

interface Stored {
  readonly payload: AdapterPayload
  readonly expiresAt: number
}

/** The storage of oidc-provider, in the memory of one issuer; the oldest beyond `capacity` of a kind are evicted. */
export const memoryStorage =
  (capacity: number): AdapterFactory =>
  (model): Adapter => {
    const entries = new Map<string, Stored>()

    const read = (id: string): AdapterPayload | undefined => {
      const stored = entries.get(id)
      if (stored === undefined || stored.expiresAt > Date.now()) return stored?.payload
      entries.delete(id)
      return undefined
    }

    const makeRoom = (): void => {
      if (entries.size < capacity) return
      for (const id of entries.keys()) read(id)
      for (const id of entries.keys()) {
        if (entries.size < capacity) return
        entries.delete(id)
      }
    }

    const first = (matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
      for (const id of entries.keys()) {
        const payload = read(id)
        if (payload !== undefined && matches(payload)) return payload
      }
      return undefined
    }

    return {
      upsert: async (id, payload, expiresIn) => {
        makeRoom()
        const expiresAt = expiresIn === undefined ? Infinity : Date.now() + (expiresIn + keptAfter(model)) * 1000
        entries.set(id, { payload: structuredClone(payload), expiresAt })
      },
      find: async (id) => read(id),
      findByUid: async (uid) => first((payload) => payload.uid === uid),
      findByUserCode: async (userCode) => first((payload) => payload.userCode === userCode),
      consume: async (id) => {
        const payload = read(id)
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
      },
      destroy: async (id) => {
        entries.delete(id)
      },
      revokeByGrantId: async (grantId) => {
        for (const [id, { payload }] of entries) if (payload.grantId === grantId) entries.delete(id)
      },
    }
  }

// A device with an expired code must learn that it has expired (RFC 8628 §3.5), not that it is unknown.
const keptAfter = (model: string): number => (model === "DeviceCode" ? 3600 : 0)
