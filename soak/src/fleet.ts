import type { AppOptions } from "./app-process.ts"
import { type Child, startChild } from "./child.ts"
import { processes } from "./plan.ts"

/** A process that was killed, and when; epoch milliseconds. */
export interface Kill {
  readonly process: string
  readonly at: number
}

/** The web servers, as what stands before them sees them. */
export interface Fleet {
  /** Of those that answer now. */
  readonly ports: () => ReadonlyArray<number>
  readonly kill: (place: number) => Promise<Kill>
  /** Starts another one where one was killed. */
  readonly restart: (place: number) => Promise<void>
  readonly close: () => Promise<void>
}

interface Member {
  readonly name: string
  readonly port: number
  readonly child: Child<AppOptions, number>
}

export const startFleet = async (options: Omit<AppOptions, "name">): Promise<Fleet> => {
  const members = new Map<number, Member>()
  let started = 0

  const start = async (place: number): Promise<void> => {
    started += 1
    const name = `${place + 1}.${started}`
    const child = startChild<AppOptions, number>("./app-process.ts")
    members.set(place, { name, child, port: await child.ask({ name, ...options }) })
  }
  await Promise.all(Array.from({ length: processes }, (_, place) => start(place)))

  return {
    ports: () => [...members.values()].map(({ port }) => port),
    kill: async (place) => {
      const { name, child } = members.get(place)!
      members.delete(place)
      const at = Date.now()
      await child.kill()
      return { process: name, at }
    },
    restart: start,
    close: async () => {
      await Promise.all([...members.values()].map(({ child }) => child.kill()))
    },
  }
}
