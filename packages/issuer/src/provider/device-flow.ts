import Provider, { errors, type KoaContextWithOIDC } from "oidc-provider"

import type { Context } from "../context.ts"
import { forgetOldest } from "../protection/rate-limit.ts"

/** Tells a device how often it may ask (RFC 8628 §3.2), and, where configured, slows down who asks more often (§3.5). */
export const tellInterval = (provider: Provider, { config, now }: Context): void => {
  const { interval, slowDown } = config.deviceFlow
  provider.on("device_authorization.success", (_ctx, answer) => {
    answer["interval"] = interval
  })
  if (slowDown) refuseHaste(provider, { interval, now })
}

/** Begins again with a browser that has no session, or one from before a restart: oidc-provider cannot save such a one. */
export const beginWithSession = (provider: Provider): void => {
  provider.use(async (ctx, next) => {
    const path = provider.pathFor("code_verification")
    if (ctx.path !== path && !ctx.path.startsWith(`${path}/`)) return next()
    try {
      await next()
    } catch (error) {
      const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>
      if (oidc?.session === undefined || oidc.session.exp !== undefined) throw error
      ctx.status = 303
      ctx.redirect(path)
    }
  })
}

interface Pace {
  readonly interval: number
  readonly now: () => number
}

const refuseHaste = (provider: Provider, { interval, now }: Pace): void => {
  const paces = new Map<string, { last: number; seconds: number }>()
  const { DeviceCode } = provider
  const find = DeviceCode.find.bind(DeviceCode)

  const check = (code: string): void => {
    const { last, seconds } = paces.get(code) ?? { last: -Infinity, seconds: interval }
    const early = now() - last < seconds * 1000
    paces.set(code, { last: now(), seconds: seconds + (early ? MORE_SECONDS : 0) })
    forgetOldest(paces, MAX_CODES)
    if (early) throw new errors.SlowDown()
  }

  const value: typeof find = async (code, options) => {
    const found = await find(code, options)
    // The pages look the code up as well; only a device polls.
    if (found !== undefined && Provider.ctx?.oidc.route === "token") check(code)
    return found
  }
  Object.defineProperty(DeviceCode, "find", { value })
}

const MORE_SECONDS = 5
const MAX_CODES = 10_000
