import type { KeyValueStorage } from "@bearerkit/core"

/**
 * A storage of all tabs, as its last writer left it. A tab has a copy, which the writes of other processes reach late:
 * a lock may come before what was written under it. So each write is announced for a while by the name of a held lock,
 * which all tabs see at once, and a reader waits until the copy has what is announced. Without Web Locks the storage is
 * returned unchanged.
 *
 * @see HTML §12.2.1, which promises no order between processes; Web Locks API §3.3
 */
export const upToDate = (storage: KeyValueStorage): KeyValueStorage => {
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks
  if (locks === undefined) return storage

  const written = (key: string): Promise<void> => announce(locks, storage, key).catch(() => {})
  return {
    getItem: async (key) => {
      // a browser that tells nothing of its locks is as one without
      await arrived(locks, storage, key).catch(() => {})
      return storage.getItem(key)
    },
    setItem: async (key, value) => {
      storage.setItem(key, value)
      await written(key)
    },
    removeItem: async (key) => {
      storage.removeItem(key)
      await written(key)
    },
  }
}

type Locks = Pick<LockManager, "query" | "request">

/** Milliseconds for which a write is announced; it arrives within a few. */
const announced = 10_000
/** Milliseconds that a reader waits for it at most, and between two looks. */
const patience = 2_000
const pause = 5

const arrived = async (locks: Locks, storage: KeyValueStorage, key: string): Promise<void> => {
  const end = performance.now() + patience
  while (performance.now() < end) {
    const marks = await marksOf(locks, key)
    if (marks.length === 0 || marks.includes(await markOf(storage, key))) return
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}

/** Announces the value under the key, instead of the value announced before. */
const announce = async (locks: Locks, storage: KeyValueStorage, key: string): Promise<void> => {
  const [mark, before] = await Promise.all([markOf(storage, key), marksOf(locks, key)])
  await new Promise<void>((granted) => {
    const hold = (): Promise<void> => {
      granted()
      return new Promise((resolve) => setTimeout(resolve, announced))
    }
    locks.request(mark, { ifAvailable: true }, hold).catch(granted)
  })
  const others = before.filter((old) => old !== mark)
  await Promise.all(others.map((old) => locks.request(old, { steal: true }, () => {})))
}

const marksOf = async (locks: Locks, key: string): Promise<ReadonlyArray<string>> => {
  const { held = [] } = await locks.query()
  return held.map(({ name = "" }) => name).filter((name) => name.startsWith(beginningOf(key)))
}

/** A digest, which shows nothing but whether values are equal. */
const markOf = async (storage: KeyValueStorage, key: string): Promise<string> => {
  const text = await storage.getItem(key)
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text ?? ""))
  return beginningOf(key) + new Uint8Array(digest).join()
}

const beginningOf = (key: string): string => `written:${key}:`
