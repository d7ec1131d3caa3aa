/** Bounds concurrent work: a total, and half of it per address. */
export interface Room {
  /** Whether there is room; a caller that has entered must leave. */
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
