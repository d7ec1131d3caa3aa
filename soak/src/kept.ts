import { makeRunner, TokenStore } from "@bearerkit/core"
import { redis } from "@bearerkit/redis"
import { createHash } from "node:crypto"
import { setTimeout as wait } from "node:timers/promises"
import { fingerprint } from "./fingerprint.ts"

/** Looks into the store behind the applications' backs. */
export interface Kept {
  /** The fingerprint of the refresh token of a session, if there is one; waits while the store is away. */
  readonly refreshToken: (cookie: string) => Promise<string | undefined>
  readonly close: () => Promise<void>
}

export const openKept = (url: string): Kept => {
  const runner = makeRunner(redis({ url }).services)
  const read = async (key: string): Promise<string | undefined> => {
    for (let tries = 0; ; tries++) {
      try {
        return (await runner.run(TokenStore.use((store) => store.get(key))))?.value
      } catch (error) {
        if (tries === 30) throw error
        await wait(200)
      }
    }
  }
  return {
    refreshToken: async (cookie) => {
      const id = cookie.slice(cookie.indexOf("=") + 1)
      const value = await read(`session:${createHash("sha256").update(id).digest("hex")}`)
      if (value === undefined) return undefined
      const { login } = JSON.parse(value) as { readonly login: { readonly refreshToken: string } }
      return fingerprint(login.refreshToken)
    },
    close: runner.close,
  }
}
