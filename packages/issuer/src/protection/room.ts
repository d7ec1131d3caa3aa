/** Bounds what is done at the same time: so much altogether, and half of it for one address. */
export interface Room {
  /** Whether there is room; who has entered leaves. */
  readonly enter: (ip: string) => boolean
  readonly leave: (ip: string) => void
}

export const makeRoom = (most: number): Room => {
  const inside = new Map<string, number>()
  let all = 0
  return {
    enter: (ip) => {
      const own = inside.get(ip) ?? 0
      if (all >= most || own >= most / 2) return false
      all += 1
      inside.set(ip, own + 1)
      return true
    },
    leave: (ip) => {
      all -= 1
      const left = (inside.get(ip) ?? 1) - 1
      if (left > 0) inside.set(ip, left)
      else inside.delete(ip)
    },
  }
}
